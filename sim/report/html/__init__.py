"""Pages: one HTML file each, which opens from disk, asks nobody for anything, and needs no JavaScript.

A page is put together from parts. Every part is safe text (``Markup``) made by ``markup.el``: what it is
given as ``str`` becomes inert (``sim.core.inert``) and escaped, as content and as attribute, so no module
writes ``<``.

    from sim.report.html import assets, axis, chart, marks, table
    from sim.report.html.markup import el, name
    from sim.report.html.shell import Page, Section, rendered

    x = axis.times(0.0, 7200.0)                    # seconds since the start, at round times
    y = axis.durations(2424.0, least=47.0)         # spans decades, so not linear
    shown = chart.plot(
        marks.windows(faults, x),                  # shaded, with their names
        marks.line(at_s, age_s, x, y, series=0),   # thinned, to within 0.15 % of the height
        marks.limit(300.0, y, words="objective: 5m"),
        x=x, y=y,
    )
    objectives = table.table(
        "Objectives, the missed ones first",
        (table.Column("objective"), table.Column("value", unit="s", number=True)),
        [(name("orders-rto"), "86.0")],
    )
    html = rendered(Page(
        title="Lose the primary region",
        kind="Run",
        head=(el("p", "Orders were down for 1m 26s.", class_="lead"),),
        sections=(
            Section("objectives", "Objectives", (objectives,)),
            Section("series", "Over time", (chart.figure("orders: age at each stage", shown),)),
            Section("rest", "What does not differ", (el("p", "Nothing."),), folded=True),
        ),
        data={"series": []},                       # for scripts: JSON, in an element of id "data"
        scripts=(assets.read("run.js"),),          # files of this package
    ))

``markup``
    ``el(tag, *children, **attributes)``; ``name(text)``: text of others, isolated from the direction of
    what is around it; ``command(text)``.
``shell``
    ``Page``, ``Section``, ``rendered``: head, policy, style, landmarks, skip link, contents, data, scripts.
``table``
    ``table(caption, columns, rows)``; units stand in the heads.
``axis``
    Where a value lies on an axis (0 to 1) and where its ticks are: ``times``, ``durations``, ``counts``,
    ``shares``.
``marks``
    What is drawn inside, each a ``Mark``: ``line``, ``steps``, ``windows``, ``limit``, ``bars``,
    ``interval``, ``dots``.
``chart``
    ``plot(*marks, x=, y=)``: a drawing with its ticks; ``lanes``: named rows of bars (phases, Gantt);
    ``legend``; ``figure``: what all of them stand in, with a caption.
``thinning``
    The swinging-door filter.
``assets``
    Style sheets and scripts of this package as text; ``shell.css`` and ``shell.js`` are part of every page.

Drawings are SVG with ``preserveAspectRatio="none"`` and a view box of 1,000 by 1,000; lines keep their
width. Labels are HTML at percentages, so that they keep their size on a phone and are found by the
browser's search. Colours are CSS variables (``--ink``, ``--muted``, ``--s0`` to ``--s7``,
``--phase-detect``, ``--met``, ``--fault``...), made of ``sim.report.palette``. The classes ``s0`` to
``s7``, ``phase-*``, ``term-*`` and those of verdicts set ``--colour``, and ``--on``, the ink that can be
read on it. The element of a plot has ``data-x-low``, ``data-x-high`` and, if it is not linear,
``data-x-linear-to`` (and of y), for scripts.

The policy in each page allows no request, the style written in it, and the scripts that it was made with,
by their hashes: a script that came in as text would not be run.
"""
