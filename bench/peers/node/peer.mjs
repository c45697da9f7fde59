// peer.mjs MODE: the official Node SDK.
//   listing    for await over all assets
//   small N    N GETs of an asset, eight at a time

import Mux from '@mux/mux-node';

const { PEERS_HOST, PEERS_PORT, PEERS_ASSET_ID } = process.env;
const [mode, times = '1'] = process.argv.slice(2);
const client = new Mux({
  baseURL: `https://${PEERS_HOST}:${PEERS_PORT}`,
  tokenId: 'peer',
  tokenSecret: 'secret',
});
const bytes = (text) => Buffer.byteLength(text);
let assets = 0;
let sum = 0;

// The same sum as in checksum.hpp.
function add(asset) {
  assets += 1;
  sum += bytes(asset.id) + Number(asset.created_at) + Number(asset.updated_at) + Math.round(asset.duration * 1000);
  sum += bytes(asset.passthrough) + bytes(asset.meta.title) + bytes(asset.meta.external_id);
  for (const playback of asset.playback_ids) sum += bytes(playback.id);
  for (const track of asset.tracks) {
    sum += Math.round((track.duration ?? 0) * 1000) + (track.max_width ?? 0) + (track.max_height ?? 0);
    sum += (track.max_channels ?? 0) + bytes(track.name ?? '');
  }
  for (const file of asset.static_renditions.files) sum += Number(file.filesize) + file.bitrate + file.height;
}

if (mode === 'listing') {
  for await (const asset of client.video.assets.list({ limit: 100 })) add(asset);
} else if (mode === 'small') {
  let left = Number(times);
  const worker = async () => {
    while (left-- > 0) add(await client.video.assets.retrieve(PEERS_ASSET_ID));
  };
  await Promise.all(Array.from({ length: 8 }, worker));
} else {
  console.error('peer.mjs: no such mode');
  process.exit(2);
}
console.log(`assets=${assets} sum=${sum}`);
