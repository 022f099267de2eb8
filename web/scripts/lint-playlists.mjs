// Holds HLS playlists against RFC 8216bis by hls-parser in its strict mode: `node scripts/lint-playlists.mjs FILE...`. Says what each holds, or what is wrong with it, and ends with 1 then.
import { readFileSync } from 'node:fs';
import HLS from 'hls-parser';

HLS.setOptions({ strictMode: true, silent: true });
for (const file of process.argv.slice(2)) {
  try {
    const playlist = HLS.parse(readFileSync(file, 'utf8'));
    const parts = playlist.segments?.reduce((sum, segment) => sum + segment.parts.length, 0);
    console.log(playlist.isMasterPlaylist ? `${file}: ${playlist.variants.length} variants` : `${file}: ${playlist.segments.length} segments, ${parts} parts`);
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exitCode = 1;
  }
}
