"""Every kind of fault, in the order in which ``sim faults`` lists them."""

from typing import Annotated, get_args

from pydantic import Field

from sim.spec.faults.bus.broker_crash import BrokerCrash
from sim.spec.faults.bus.leader_election import LeaderElection
from sim.spec.faults.bus.mirror_pause import MirrorPause
from sim.spec.faults.bus.offset_translation_error import OffsetTranslationError
from sim.spec.faults.bus.process_kill import ProcessKill
from sim.spec.faults.bus.process_pause import ProcessPause
from sim.spec.faults.bus.rebalance_storm import RebalanceStorm
from sim.spec.faults.bus.relay_crash import RelayCrash
from sim.spec.faults.bus.retention_truncation import RetentionTruncation
from sim.spec.faults.bus.slot_lost import SlotLost
from sim.spec.faults.bus.unclean_leader_election import UncleanLeaderElection
from sim.spec.faults.fault import Fault
from sim.spec.faults.lake.catalog_outage import CatalogOutage
from sim.spec.faults.lake.checkpoint_failure import CheckpointFailure
from sim.spec.faults.lake.metadata_before_data import MetadataBeforeData
from sim.spec.faults.lake.object_replication_lag import ObjectReplicationLag
from sim.spec.faults.lake.object_replication_pause import ObjectReplicationPause
from sim.spec.faults.lake.poison_message import PoisonMessage
from sim.spec.faults.lake.task_failure import TaskFailure
from sim.spec.faults.network.bandwidth_limit import BandwidthLimit
from sim.spec.faults.network.link_flap import LinkFlap
from sim.spec.faults.network.network_latency import NetworkLatency
from sim.spec.faults.network.network_partition import NetworkPartition
from sim.spec.faults.network.packet_loss import PacketLoss
from sim.spec.faults.network.region_isolation import RegionIsolation
from sim.spec.faults.network.region_outage import RegionOutage
from sim.spec.faults.store.db_crash import DbCrash
from sim.spec.faults.store.decision_delay import DecisionDelay
from sim.spec.faults.store.node_slow import NodeSlow
from sim.spec.faults.store.replica_crash import ReplicaCrash
from sim.spec.faults.store.replication_pause import ReplicationPause
from sim.spec.faults.store.traffic_spike import TrafficSpike

AnyFault = Annotated[
    RegionOutage
    | RegionIsolation
    | NetworkPartition
    | NetworkLatency
    | PacketLoss
    | BandwidthLimit
    | LinkFlap
    | DbCrash
    | ReplicaCrash
    | ReplicationPause
    | NodeSlow
    | TrafficSpike
    | DecisionDelay
    | ProcessKill
    | ProcessPause
    | RelayCrash
    | SlotLost
    | BrokerCrash
    | LeaderElection
    | UncleanLeaderElection
    | MirrorPause
    | ObjectReplicationPause
    | ObjectReplicationLag
    | RetentionTruncation
    | OffsetTranslationError
    | RebalanceStorm
    | PoisonMessage
    | TaskFailure
    | CheckpointFailure
    | MetadataBeforeData
    | CatalogOutage,
    Field(discriminator="kind"),
]

KINDS: tuple[type[Fault], ...] = get_args(get_args(AnyFault)[0])
