/** Where the parts of a server are, found from any address of it: of its WebSocket, or of a page. */
export interface ServerAddress {
  /** Address of the WebSocket. */
  readonly socket: string;
  /** What the HTTP API's addresses are relative to; ends with a slash. */
  readonly base: string;
}

/** Resolves `src`, such as `ws://host:8080/ws`, `https://host/live/` or `./`, against the page's own address. */
export function serverAddress(src: string, page: string): ServerAddress {
  const url = new URL(src, page);
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  const base = new URL('.', url);
  base.protocol = isSecure ? 'https:' : 'http:';
  const isSocket = url.protocol.startsWith('ws') && !url.pathname.endsWith('/');
  const socket = isSocket ? url : new URL('ws', base);
  socket.protocol = isSecure ? 'wss:' : 'ws:';
  socket.hash = '';
  return { socket: socket.href, base: base.href };
}
