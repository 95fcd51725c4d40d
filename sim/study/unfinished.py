"""How a study ends before it is finished: what is on disk is kept, and the same command goes on there."""


class Unfinished(Exception):
    """A study that cannot go on here and now. It says neither pass nor fail."""


class Busy(Unfinished):
    """Another process is running this very study."""


class Lost(Unfinished):
    """The place where trials run is gone, and cannot be had again."""


class OtherMachine(Unfinished):
    """A worker has other versions or another processor than the study: its results could differ."""
