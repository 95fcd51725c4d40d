# %% [markdown]
# # Replay and consistency
#
# Orders that were lost in the database are still on the bus of another region. How many come back if they are
# played into the new primary, what is a ghost meanwhile, and where do copies disagree?

# %%
from IPython.display import Markdown

import sim

STORE = "orders"
run = sim.run(sim.load("replay/win-back-lost-orders"))
Markdown(f"**{run.verdict}.** {run.summary}")

# %% [markdown]
# ## Where the records are

# %%
sim.plot.waterfall(run, store=STORE)
# %%
run.waterfall.loc[STORE][["delivered", "in_flight", "lost", "stranded"]]

# %% [markdown]
# ## What the replay won back

# %%
replay = run.document["replays"]["win-back"]
loss = run.document["loss"][STORE]
Markdown(
    f"- Lost before the replay: **{loss['records']:,}**; after it: **{loss['records_after_replay']:,}**.\n"
    f"- It handed out {replay['rows']:,} events in {replay['finished_s'] - replay['started_s']:.0f} s; "
    f"{replay['unchanged']:,} were there already."
)

# %% [markdown]
# ## What readers saw, and how old it was

# %%
run.consistency[["violations", "judged"]]

# %%
sim.plot.ages(run)
# %%
never = run.waterfall.loc[STORE].query("stranded + lost > 0").index
names = ", ".join(f"`{stage}`" for stage in never) or "none"
Markdown(
    f"Stages of `{STORE}` that lost records for good: {names}. "
    f"Promises to sessions that were broken: {int(run.consistency['violations'].sum()):,}."
)
