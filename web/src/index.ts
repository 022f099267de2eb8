/** The public API: what a page may import. */
export { KnSockPlayer } from './player/knsock-player';
export { KnSockPlayerElement, defineKnSockPlayer } from './element/knsock-player-element';
export { defaults, type PlayerEvents, type PlayerOptions, type SelectOptions } from './player/player-options';
export type { PlayerStatistics } from './player/statistics';
export { serverAddress, type ServerAddress } from './session/server-address';
export type { Channel, Rendition, RenditionMessage } from './protocol/messages';
