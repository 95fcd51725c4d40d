# %% [markdown]
# # A failover review
#
# For the meeting after a drill, or before one: what the failover waited for, what each setting is worth, and
# what to decide. Put your own scenario into the next cell. Conclusions are computed from the runs.

# %%
import pandas as pd
from IPython.display import Markdown

import sim

STORE, LIMIT_S = "orders", 300
FAILOVER = f"databases.{STORE}.failover"
scenario = sim.load("failover/slow-decision")
run = sim.run(scenario)
Markdown(f"**{run.verdict}.** {run.summary}")

# %%
sim.plot.lanes(run)
# %% [markdown]
# ## What it waited for

# %%
sim.plot.phases(run)
# %%
writes = run.phases[run.phases["capability"] == f"{STORE}.write"].sort_values("duration_s", ascending=False)
writes[["phase", "duration_s"]]

# %% [markdown]
# ## What each setting is worth
#
# The same draws, one setting changed at a time.

# %%
settings = {
    "nobody is asked": {f"{FAILOVER}.decision": "0s", "faults.night": None},
    "a page that is answered at once": {"faults.night": None},
    "a lease of 15 s": {f"{FAILOVER}.lease": "15s"},
    "probes every 2 s": {f"{FAILOVER}.interval": "2s", f"{FAILOVER}.timeout": "1s"},
    "answers of DNS for 20 s": {"gateway.ttl": "20s"},
}
rta_s = run.recovery.loc[f"{STORE}.write", "rta_s"]
changed = {name: sim.run(scenario.change(change)) for name, change in settings.items()}
worth = pd.DataFrame(
    {"rta_s": {name: one.recovery.loc[f"{STORE}.write", "rta_s"] for name, one in changed.items()}}
)
worth["saves_s"] = rta_s - worth["rta_s"]
worth["within the limit"] = worth["rta_s"] <= LIMIT_S
worth.sort_values("saves_s", ascending=False)

# %% [markdown]
# ## By chance, or always?

# %%
study = sim.study(scenario, trials=40, progress=False)
study.objectives

# %%
best = worth["saves_s"].astype(float).idxmax()
enough = [name for name in worth.index if worth.loc[name, "within the limit"]]
Markdown(
    f"- Of {rta_s:.0f} s, **{writes.iloc[0]['phase']}** took "
    f"{writes.iloc[0]['duration_s']:.0f} s.\n"
    f"- Worth most: **{best}**, {worth.loc[best, 'saves_s']:.0f} s less.\n"
    f"- Enough by itself for {LIMIT_S} s: {', '.join(enough) or 'none of them'}."
)
