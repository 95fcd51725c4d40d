# %% [markdown]
# # Two designs compared
#
# Answer at once, or once a replica has the record? The same draws under both, trial by trial, so that the
# difference is that of the designs and not of chance.

# %%
import pandas as pd
from IPython.display import Markdown

import sim

STORE = "orders"
synchronous = sim.load("failover/synchronous-any")
asynchronous = synchronous.change({f"databases.{STORE}.replication.acknowledgement": None})
runs = {"asynchronous": sim.run(asynchronous), "any replica": sim.run(synchronous)}
Markdown("\n".join(f"- **{name}**: {run.summary}" for name, run in runs.items()))

# %% [markdown]
# ## What each loses, and what each costs on an ordinary write

# %%
LOST, MEDIAN = "acknowledged records lost", "median write, ms"
rows = {
    name: {
        LOST: run.loss.loc[STORE, "records"],
        "lost, but promised to nobody": run.loss.loc[STORE, "info_lost"],
        "writes down, s": run.recovery.loc[f"{STORE}.write", "rta_s"],
        MEDIAN: run.objectives.loc["answered", "value"] * 1000,
    }
    for name, run in runs.items()
}
table = pd.DataFrame(rows).T
table

# %% [markdown]
# ## Over many outages
#
# Paired differences: the second design minus the first, with intervals.

# %%
found = sim.compare(asynchronous, synchronous, trials=8, progress=False)
sim.plot.differences(found)
# %%
differing = found.differences[found.differences["differs"]]
differing.head(12)

# %%
before, after = table.loc["asynchronous"], table.loc["any replica"]
Markdown(
    f"- Asynchronous, this outage loses **{before[LOST]:,.0f}** acknowledged records; with a replica asked, "
    f"**{after[LOST]:,.0f}**.\n"
    f"- That costs a write {after[MEDIAN] - before[MEDIAN]:.0f} ms in the median.\n"
    f"- {len(differing)} figures differ beyond chance."
)
