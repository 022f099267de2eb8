namespace KnSock.Simulation.Reports;

/// <summary>How a page looks.</summary>
internal static class PageStyle
{
    /// <summary>The style sheet, free of what would have to be escaped.</summary>
    public const string Css = """

        :root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --ours: #ddf4ff; --link: #0550ae; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --line: #30363d; --ours: #10294a; --link: #79b8ff; }
        }
        body { margin: 0 auto; max-width: 84rem; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
        h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 2px solid var(--line); }
        h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
        a { color: var(--link); }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0; }
        .quiet { color: var(--quiet); max-width: 60rem; }
        .quiet p { margin: .1rem 0; font-size: .875rem; }
        .wide { overflow-x: auto; margin: 1rem 0; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
        th, td { padding: .25rem .65rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; }
        thead th { color: var(--quiet); }
        thead th[title] { text-decoration: underline dotted; text-underline-offset: .2em; }
        tbody th { font-weight: 400; }
        .words { text-align: left; }
        .ours th, .ours td { background: var(--ours); font-weight: 600; }
        details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .1rem .75rem; }
        summary { cursor: pointer; padding: .3rem 0; overflow-wrap: anywhere; }
        svg { display: block; max-width: 100%; height: auto; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .875rem; }
        dt { font-weight: 600; }
        dd { margin: 0; color: var(--quiet); }
        @media print { details { break-inside: avoid; } }

        """;
}
