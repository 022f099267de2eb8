/** The content of the first box along the path, such as `moof.traf`. Sample descriptions are seen through. */
export function findBox(bytes: Uint8Array, path: string): Uint8Array {
  let content = bytes;
  for (const type of path.split('.')) {
    content = findIn(content, type);
    if (type === 'stsd') content = content.subarray(8);
  }
  return content;
}

function findIn(bytes: Uint8Array, wanted: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= bytes.length; at += view.getUint32(at)) {
    if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === wanted) return bytes.subarray(at + 8, at + view.getUint32(at));
  }
  throw new Error(`no ${wanted}`);
}

/** What a media segment says of its samples. Times are microseconds. */
export function readRun(segment: Uint8Array) {
  const tfdt = findBox(segment, 'moof.traf.tfdt');
  const trun = findBox(segment, 'moof.traf.trun');
  const view = new DataView(trun.buffer, trun.byteOffset, trun.length);
  const samples = Array.from({ length: view.getUint32(4) }, (_, index) => ({
    duration: view.getUint32(12 + 16 * index),
    size: view.getUint32(16 + 16 * index),
    isSync: (view.getUint32(20 + 16 * index) & 0x10000) === 0,
    offset: view.getInt32(24 + 16 * index),
  }));
  return {
    decodeTime: Number(new DataView(tfdt.buffer, tfdt.byteOffset).getBigUint64(4)),
    dataOffset: view.getInt32(8),
    samples,
  };
}
