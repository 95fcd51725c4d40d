"""How a study ends before it is finished: what is on disk is kept, and the same command goes on there."""


class Spoilt(Exception):
    """What was on disk went bad while the study ran."""


class WorkersLost(Exception):
    """The place where trials run is gone, and cannot be had again."""


class OtherMachine(Exception):
    """A worker has other versions or another processor than the study: its results could differ."""


UNFINISHED = (Spoilt, WorkersLost, OtherMachine)  # a study that ends so says neither pass nor fail
