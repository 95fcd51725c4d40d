"""What a mutator puts in place of what was there: extremes of each kind, and text that is up to something."""

LONG = "x" * 300
NAMES = (
    "", " ", "a", "A-b_9", LONG, "us-east", "orders", "*", "a/b", "a->b", "../../etc/passwd", "con",
    "-x", "é",
    "\u202eevil", "a\nb", "a\rb", "\x1b[2J", "\u2028", "\U0001f600",
    "null", "true", "1e3", "0x10", "<<", "::error::x", "%0A", "`$(id)`", "{{x}}", "a.b",
    "orders.write", "orders/relay",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 7, 64, 65, 1000, 2**31, 2**32, 2**63 - 1, 2**63, 10**30, 0.0, -0.0, 0.5, 1.0, 1.5,
    1e-9, 1e-13,
    1e-308, 5e-324, 1e9, 1e15, 1e308, float("inf"), float("nan"), True, False, None,
)  # fmt: skip
DURATIONS = (
    "0s", "1ns", "1us", "1ms", "10ms", "1s", "30s", "1m", "5m", "1h", "1d", "52w", "10950d",
    "40000d", "-1s", "1.5ns",
    "1h1h", "1M", "PT1H", "P1W", "P0D", "1e9s", "9" * 30 + "s", "0.000000001s", "1 s", "s", "1",
)  # fmt: skip
RATES = (
    "0/s",
    "1/s",
    "0.001/s",
    "1/d",
    "5k/min",
    "1M/s",
    "1000000M/s",
    "1e308/s",
    "-1/s",
    "1/y",
    "0.0000000000001/s",
)
SIZES = (
    "0B",
    "1B",
    "2KiB",
    "64MB",
    "1TiB",
    "1000000TiB",
    "1K",
    "1.5B",
    "1Gbit/s",
    "1B/s",
    "1bit/s",
    "10000Tbit/s",
    "0B/s",
)
FRACTIONS = ("0%", "100%", "99.9%", "0.0001%", "99.99999999999999%", "101%", "-1%", "1e-9%", 0.999999, 1e-12)
PREDICATES = (
    "<= 5m", "== 0", "< 1%", ">= 100%", "!= 0s", "<= 0s", "> 1e9", "<= 999999999999999", "=< 5m",
    "<", "<= 5 apples",
    ">= 99.9%", "<= 1ns",
)  # fmt: skip
DISTRIBUTIONS = (
    {"uniform": ["1s", "2s"]}, {"uniform": ["2s", "1s"]}, {"exponential": "1ms"}, {"exponential": "10000d"},
    {"lognormal": {"median": "80ms", "p99": "200ms"}}, {"lognormal": {"median": "1ns", "p99": "10000d"}},
    {"pareto": {"min": "1ns", "alpha": 0.000001}}, {"pareto": {"min": "1s", "alpha": 1e8}},
    {"gamma": {"mean": "1s", "cv": 0.00001}}, {"gamma": {"mean": "1s", "cv": 1e6}},
    {"weibull": {"scale": "1s", "shape": 0.001}}, {"mixture": []}, {"mixture": [{"weight": 1e308,
    "of": "1s"}]},
    {"empirical": "data.csv"}, {"empirical": "nowhere.csv"}, {}, [], "1s",
)  # fmt: skip
SHAPES = (
    [],
    {},
    [[]],
    [None],
    {"a": {}},
    {"kind": "nothing"},
    ["us-east"],
    ["us-east", "us-east"],
    [0] * 50,
    "text",
)
TOKENS = (
    "[", "]", "{", "}", ":", "- ", "&a ", "*a", "!!int ", "!x ", "? ", "\t", "\n", "#", "'", '"',
    "|\n", ">\n", "%",
    "---\n", "...\n", "<<: *a\n", "\x00", "\x85", "\ufeff", "\u202e", "\ud7ff", "é", "@", "`",
    "9" * 400, "~",
)  # fmt: skip
LAUGHS = """
a0: &a0 [x, x, x, x, x, x, x, x, x]
a1: &a1 [*a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0]
a2: &a2 [*a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1]
a3: &a3 [*a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2]
a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
"""
DATA = (
    b"", b"\xef\xbb\xbfduration_s,weight\n0.1,1\n0.2,3\n", b"duration_s\n0.1\n0.2\n",
    b"duration_s\nnan\n", b"duration_s\n-1\n",
    b"duration_s\n1e308\n", b"time_s\n0\n1\n2\n", b"time_s,client,kind\n1,us-east,read\n2,us-west,write\n",
    b"time_s,client\n1,mars\n", b"time_s\n" + b"1e300\n" * 9, b"time_s;client\n1;us-east\n",
    b"\x1f\x8b\x08broken",
    b"PAR1broken", b"time_s\n1\n\x00\n", b"tiem_s\n1\n", b"time_s\n" + b"1\n" * 2000, b"\xff\xfe\x00\x01",
    b"le,count\n0.1,5\n0.2,9\n", b"time_s,count\n1,1000000000000\n", b"a,b\n" + b"x" * 100_000,
)  # fmt: skip
