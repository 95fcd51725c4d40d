# %% [markdown]
# # A first run
#
# A region is lost. How long is nobody served, what is gone, and why? Every sentence below a figure is
# computed from it: change the scenario, run all cells again, and the review says what holds then.

# %%
from IPython.display import Markdown

import sim

scenario = sim.load("gate/orders")  # or a file of yours: sim.load("scenario.yaml")
run = sim.run(scenario)
Markdown(f"**{run.verdict}.** {run.summary}")

# %% [markdown]
# ## What was promised, and what it was

# %%
run.objectives[["metric", "of", "must", "value", "unit", "verdict"]]

# %% [markdown]
# ## What happened
#
# Each lane is a capability; the colours are the phases of its recovery, the shade is the fault.

# %%
sim.plot.lanes(run)
# %%
steps = ["fault.started", "declared", "decided", "promoted", "rerouted", "fault.healed"]
run.milestones[run.milestones["kind"].isin(steps)][["at_s", "kind", "subject", "why"]]

# %% [markdown]
# ## Where the time went

# %%
down_s = run.recovery.loc["orders.write", "rta_s"]
phases = run.phases[run.phases["capability"] == "orders.write"]
worst = phases.sort_values("duration_s").iloc[-1]
Markdown(
    f"`orders.write` was down for {down_s:.0f} s. The longest part of it was **{worst['phase']}**: "
    f"{worst['duration_s']:.0f} s, {worst['duration_s'] / down_s:.0%}."
)

# %% [markdown]
# ## One thing changed: nobody is asked
#
# The same draws, and a controller that decides by itself.

# %%
automatic = sim.run(scenario.change({"databases.orders.failover.decision": "0s"}))
without_s = automatic.recovery.loc["orders.write", "rta_s"]
Markdown(f"Without the call it takes {without_s:.0f} s: {down_s - without_s:.0f} s less.")
