"""What two scenarios have set differently."""

from sim.report.changed import changed


def test_each_value_that_differs_is_told_with_its_path():
    """Values that changed, came or went, in lists and maps; names and what is equal are not told."""
    before = "name: a\nx: {y: 1, z: [1, 2], gone: true}\nfaults:\n- {at: 1m}\n- {at: 2m}\n"
    after = "name: b\nx: {y: 1, z: [1, 3], new: null}\nfaults:\n- {at: 1m}\n- {at: 3m}\n"
    assert changed(before, after) == [
        ("x.z", "[1, 2]", "[1, 3]"),
        ("x.gone", "true", "-"),
        ("faults.1.at", "2m", "3m"),
        ("x.new", "-", "null"),
    ]
    assert changed(before, before) == []
