"""A scenario to start from."""


def starter() -> str:
    """Return a small scenario with comments, as YAML text, that is legal and decides."""
    return _STARTER


_STARTER = """\
# What is simulated, and what goes wrong. Run it:  sim run FILE
name: My first drill
purpose: One line that says what this scenario is for.
duration: 20m                 # quantities carry units: 150ms, 1h30m, 200/s, 2KiB, 1Gbit/s, 99.9%
warmup: 1m                    # in no figure

# extends: [platform.yaml]    # start from other files: maps merge, lists replace, null deletes

regions:
  us-east: {zones: [a, b, c]}
  us-west: {}                 # what is left out has a default; sim resolve FILE shows them all
  eu-west: {}

network:
  links:                      # one way; the way back is the same unless it is there too
    us-east/us-west: {latency: 32ms, jitter: {exponential: 300us}, bandwidth: 1Gbit/s}
    us-east/eu-west: {latency: 35ms, jitter: {lognormal: {median: 300us, p99: 2ms}}, bandwidth: 1Gbit/s}
    us-west/eu-west: {latency: 59ms}

clients:                      # a group of clients near each region, with its share of the load
  us-east: {share: 50}
  us-west: {share: 30}
  eu-west: {share: 20}

gateway:
  check: {interval: 10s, timeout: 4s, failures: 3}
  ttl: 60s                    # of DNS answers

databases:
  orders:
    primary: us-east
    replicas: [us-west, eu-west]
    failover:
      decision: 30s           # how long people take; {uniform: [20s, 2m]} is as good
      fencing: lease
    workload:
      writes: 50/s
      reads: 200/s

bus: {}                       # events of every write, mirrored to the other regions; may be left out
consumers:
  search: {of: orders, region: us-east, standby: [us-west], takeover: 30s}

faults:                       # sim faults lists the kinds
  power: {kind: region_outage, region: us-east, at: 5m, duration: 8m, wire: lost}

sla:                          # decided from this one run: exit code 0 or 1
  back-in-time: {metric: rta, of: orders.write, must: "<= 5m"}
  little-lost: {metric: rpa_window, of: orders, must: "<= 5s"}
"""
