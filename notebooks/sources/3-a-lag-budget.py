# %% [markdown]
# # A lag budget
#
# How far may a copy be behind, so that losing the primary costs no more than was promised? Lag that monitors
# show is not what a failover loses; the difference is what this review is about.

# %%
import pandas as pd
from IPython.display import Markdown

import sim

STORE, STANDBY, LIMIT_S = "orders", "us-west", 5
scenario = sim.load("lag/peak-above-the-line")
run = sim.run(scenario)
Markdown(f"**{run.verdict}.** {run.summary}")

# %% [markdown]
# ## At risk, second by second
#
# What would be lost if the primary died at that moment, and what if the link to the copy broke.

# %%
sim.plot.exposure(run, figure="age_s")
# %%
run.monitors.head(6)

# %% [markdown]
# ## How much the line must carry
#
# The same peak over lines of other widths.

# %%
lines = ["1Mbit/s", "2Mbit/s", "3Mbit/s", "4Mbit/s"]
links = [f"network.links.us-east/{region}.bandwidth" for region in ("us-west", "eu-west")]
rows = []
for line in lines:
    found = sim.run(scenario.change(dict.fromkeys(links, line)))
    at_risk = found.exposure[STORE, STANDBY, "crash", "records"].max()
    rows.append([*found.loss.loc[STORE, ["records", "window_s"]], at_risk])
budget = pd.DataFrame(
    rows, index=pd.Index(lines, name="line"), columns=["lost", "window_s", "at risk at most"]
)
budget

# %%
enough = budget.index[budget["window_s"].astype(float) <= LIMIT_S]
narrowest = enough[0] if len(enough) else None
Markdown(
    f"- As it is, {run.loss.loc[STORE, 'records']:,} acknowledged records are lost, up to "
    f"{run.loss.loc[STORE, 'window_s']:.1f} s back; {LIMIT_S} s were promised.\n"
    f"- The narrowest of these lines that keeps the promise: **{narrowest or 'none'}**."
)
