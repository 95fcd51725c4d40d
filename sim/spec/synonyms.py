"""Words of the field, of other tools and of clouds, and what each is called here.

A target is one of our names, perhaps followed by what belongs to it. One table serves kinds of faults,
metrics and keys: of the targets only those are meant that could stand at the place.
"""

import re
from collections.abc import Collection

_FAULTS = {
    "region_outage with zone": (
        "az_outage az_failure az_down zone_outage zone_failure availability_zone_outage power_interruption "
        "aws_ec2_az_power_interruption aws_ec2_stop_instances"
    ),
    "region_outage": "region_failure region_down outage regional_outage datacenter_outage dc_outage",
    "region_isolation": "isolation isolate blackhole aws_network_disrupt_connectivity",
    "region_isolation with clients: true": (
        "dns_failure dns_outage dns_error dns_chaos dnschaos pod_dns_error aws_route53_outage"
    ),
    "network_partition": "partition split_brain netsplit network_split cut pod_network_partition",
    "network_latency": (
        "network_delay delay netem latency_injection slow_network networkchaos pod_network_latency "
        "aws_eks_pod_network_latency"
    ),
    "packet_loss": (
        "network_loss loss pod_network_loss networkchaos network_corrupt aws_eks_pod_network_packet_loss"
    ),
    "bandwidth_limit": "throttle rate_limit network_bandwidth bandwidth pod_network_rate_limit",
    "link_flap": "flap flapping network_flap",
    "db_crash": (
        "crash database_crash db_kill database_kill node_crash node_failure primary_crash kill_primary "
        "failover pod_kill pod_delete podchaos pod_failure instance_terminate aws_rds_failover_db_cluster "
        "aws_rds_reboot_db_instances aws_ec2_terminate_instances"
    ),
    "replication_pause": (
        "pause_replication stop_replication replication_stop replica_pause replication_lag "
        "aws_dynamodb_global_table_pause_replication"
    ),
    "node_slow": (
        "io_delay io_latency io_stress iochaos disk_slow slow_disk disk_latency cpu_stress stress "
        "stresschaos cpu_hog pod_cpu_hog pod_io_stress memory_stress slow_node brownout gc_pause "
        "aws_ebs_pause_volume_io"
    ),
    "traffic_spike": "load_spike spike surge flash_crowd thundering_herd load traffic burst",
    "process_kill": "kill kill_process container_kill pod_kill consumer_crash",
    "process_pause": "pause freeze sigstop pause_process",
    "broker_crash": "broker_down broker_failure kafka_broker_crash kafka_broker_pod_failure",
    "leader_election": "election leader_change",
    "mirror_pause": "mirrormaker_pause pause_mirror replicator_pause",
    "object_replication_pause": (
        "s3_replication_pause pause_object_replication bucket_replication_pause "
        "aws_s3_bucket_pause_replication"
    ),
    "object_replication_lag": "s3_replication_lag bucket_replication_lag",
    "rebalance_storm": "rebalance rebalancing",
    "poison_message": "bad_message poison_pill",
    "checkpoint_failure": "checkpoint_timeout savepoint_failure",
    "retention_truncation": "retention log_truncation",
}
_METRICS = {
    "rta": "rto mttr recovery_time time_to_recover time_to_recovery recovery_time_objective",
    "rpa_window": "rpo data_loss data_loss_window recovery_point_objective",
    "rpa_records": "rpo data_loss lost_records lost_writes",
    "availability": "uptime success_rate success_ratio slo sli",
    "error_rate": "errors error_ratio failure_rate error_percentage http_req_failed",
    "latency_p50": "p50 median latency_median",
    "latency_p90": "p90",
    "latency_p95": "p95",
    "latency_p99": "p99 latency response_time http_req_duration",
    "latency_p999": "p999 p99_9 latency_p99_9",
    "downtime": "unavailability outage_time",
    "staleness_max": "lag replication_lag replica_lag staleness",
    "freshness_max": "lag consumer_lag freshness end_to_end_latency",
    "exposure_max_records": "lag exposure",
    "stale_reads": "stale",
}
_KEYS = {
    "sla": "slo slos objectives objective assertions thresholds expectations rto rpo",
    "faults": "chaos experiments failures incidents disasters method actions",
    "databases": "database stores dbs services",
    "regions": "region datacenters locations",
    "clients": "users traffic workload",
    "consumers": "subscribers services",
    "bus": "kafka topics broker event_bus pulsar",
    "lake": "lakehouse warehouse iceberg delta",
    "zones": "azs availability_zones",
    "primary": "leader master writer",
    "replicas": "replica followers standbys secondaries slaves readers",
    "at": "start start_at after begin begins time",
    "duration": "length for lasts run_for",
    "latency": "delay rtt ping",
    "writes": "tps write_rate wps qps rps rate",
    "reads": "read_rate qps rps",
    "must": "target threshold objective limit expected assert",
    "metric": "measure indicator sli",
    "of": "subject service capability target",
    "over": "window time_window period rolling",
    "in": "share of_runs percentile confidence",
    "failures": "fall failure_threshold max_failures",
    "successes": "rise success_threshold",
    "interval": "period heartbeat period_seconds",
    "lease": "ttl lock_ttl leader_ttl",
    "max_lag": "lag maximum_lag_on_failover lag_limit",
    "wire": "in_flight",
    "extends": "include includes inherits import base",
    "trials": "runs samples iterations repetitions",
}


def _by_word() -> dict[str, list[str]]:
    """Return word -> targets, in the order of the tables."""
    found: dict[str, list[str]] = {}
    for table in (_FAULTS, _METRICS, _KEYS):
        for target, words in table.items():
            for word in words.split():
                found.setdefault(word, []).append(target)
    return found


TARGETS = _by_word()
FAULT_KINDS = tuple(dict.fromkeys(target.split()[0] for target in _FAULTS))  # those that have other names


def synonyms(word: str, known: Collection[str]) -> list[str]:
    """Return what a word of the field is called here, of the ``known`` names: targets, best first."""
    plain = re.sub(r"[^a-z0-9]+", "_", word[:100].lower()).strip("_")
    return [target for target in TARGETS.get(plain, ()) if target.split()[0] in known]
