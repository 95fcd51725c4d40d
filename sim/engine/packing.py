"""The packings of ``sim.core.identity``, compiled into whoever calls them."""

from sim.core import identity
from sim.engine.compiled import inlined

pack_version = inlined(identity.pack_version)
timeline_of = inlined(identity.timeline_of)
lsn_of = inlined(identity.lsn_of)

pack_rid = inlined(identity.pack_rid)
stream_of = inlined(identity.stream_of)

pack_tie = inlined(identity.pack_tie)
rank_of = inlined(identity.rank_of)

pack_event = inlined(identity.pack_event)
with_result = inlined(identity.with_result)
slot_of = inlined(identity.slot_of)
attempt_of = inlined(identity.attempt_of)
gateway_of = inlined(identity.gateway_of)
node_of = inlined(identity.node_of)
result_of = inlined(identity.result_of)

pack_ending = inlined(identity.pack_ending)
kind_of = inlined(identity.kind_of)
outcome_of = inlined(identity.outcome_of)
late_of = inlined(identity.late_of)
attempts_of = inlined(identity.attempts_of)
answerer_of = inlined(identity.answerer_of)
client_of = inlined(identity.client_of)

pack_session = inlined(identity.pack_session)
seat_of = inlined(identity.seat_of)
epoch_of = inlined(identity.epoch_of)
pack_mark = inlined(identity.pack_mark)
session_of = inlined(identity.session_of)

pack_entry = inlined(identity.pack_entry)
