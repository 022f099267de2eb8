/** Styles of the element's shadow tree. */
export const styles = `
:host { display: block; aspect-ratio: 16 / 9; background: #000; color: #eee; font: 14px/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
media-controller { display: block; width: 100%; height: 100%; --media-background-color: #000; --media-control-background: rgb(20 20 30 / .65);
  --media-control-hover-background: rgb(60 60 80 / .8); --media-tooltip-display: none; }
video { width: 100%; height: 100%; object-fit: contain; }
media-control-bar { width: 100%; white-space: nowrap; }
.space { flex: 1; background: var(--media-control-background); }
.live .dot { display: inline-block; width: .6em; height: .6em; margin-right: .4em; border-radius: 50%; background: #e5283c; }
.live.behind .dot { background: #999; }
.notice { background: rgb(0 0 0 / .8); padding: .6em 1em; border-radius: .4em; max-width: 80%; }
.notice[hidden], .statistics[hidden] { display: none; }
/* Statistics are of what plays over a WebSocket, and rungs and the live edge the browser's own affair where that plays HLS itself. */
.hls .details, .no-choice .quality, .no-choice .live { display: none; }
.quality-menu { right: 8px; left: auto; }
.statistics { position: absolute; top: 8px; left: 8px; pointer-events: auto; max-height: calc(100% - 68px); overflow: auto; padding: 8px 10px;
  background: rgb(6 8 14 / .86); border-radius: 6px; font: 12px/1.45 ui-monospace, monospace; text-align: left; width: min(560px, calc(100% - 36px)); }
.statistics dl { display: grid; grid-template-columns: auto 1fr; gap: 0 1em; margin: 0; }
.statistics dt { color: #aab; }
.statistics dd { margin: 0; overflow-wrap: anywhere; }
.statistics ol { margin: .3em 0; padding-left: 1.8em; }
.statistics h2 { font: inherit; color: #aab; margin: .5em 0 0; }
.statistics button { font: inherit; color: inherit; background: #333a; border: 1px solid #777; border-radius: 4px; padding: .2em .7em; cursor: pointer; }
.statistics .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 4px; margin: .4em 0; }
.statistics .legend { margin: 0 0 0 40px; color: #ccd; }
/* On a phone they would hide the picture, so they lie below it, and the element grows by them if it may. */
.narrow { height: auto; aspect-ratio: 16 / 9; }
.narrow media-volume-range, .narrow media-pip-button { display: none; }
.narrow ~ .statistics { position: static; width: auto; max-height: none; border-radius: 0; background: #11141c; }
.narrow ~ .statistics dl { row-gap: .15em; }
.narrow ~ .statistics button { min-height: 40px; padding: 0 1.2em; }
@media (prefers-reduced-motion: no-preference) { .live .dot { transition: background .3s; } }
`;
