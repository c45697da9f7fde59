// The official Node SDK, unchanged, against the emulator that the environment points to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import Mux from '@mux/mux-node';

const client = new Mux({ maxRetries: 0 });

async function control(action, body) {
  const answer = await fetch(`${process.env.MUX_BASE_URL}/_emulator/${action}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'X-Emulator-Token': process.env.MUX_EMULATOR_CONTROL_TOKEN },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).data;
}

function create(overrides = {}) {
  return client.video.assets.create({
    inputs: [{ url: 'https://example.com/a.mp4' }],
    playback_policies: ['public'],
    ...overrides,
  });
}

test.beforeEach(() => control('reset', {}));

test('whoami', async () => {
  const me = await client.system.utilities.whoami();
  assert.equal(me.environment_id, 'emulat');
  assert.ok(me.permissions.includes('video:write'));
});

test('an asset is created, becomes ready, is updated and deleted', async () => {
  const created = await create({ passthrough: 'row 1', meta: { title: 'Title', external_id: 'e1' } });
  assert.equal(created.status, 'preparing');
  assert.equal(created.tracks, undefined);
  await assert.rejects(client.video.assets.delete(created.id), (e) => {
    assert.ok(e instanceof Mux.BadRequestError);
    assert.match(e.message, /Can't delete a preparing asset\./);
    return true;
  });

  await control('time', { advance_ms: 1000 });
  const ready = await client.video.assets.retrieve(created.id);
  assert.equal(ready.status, 'ready');
  assert.equal(ready.passthrough, 'row 1');
  assert.equal(ready.meta.external_id, 'e1');
  assert.equal(ready.tracks.length, 2);

  const updated = await client.video.assets.update(created.id, { passthrough: '', meta: { title: 'Other' } });
  assert.equal(updated.passthrough, undefined);
  assert.equal(updated.meta.title, 'Other');

  await client.video.assets.delete(created.id);
  await assert.rejects(client.video.assets.retrieve(created.id), Mux.NotFoundError);
});

test('playback ids', async () => {
  const asset = await create();
  const signed = await client.video.assets.createPlaybackId(asset.id, { policy: 'signed' });
  assert.equal(signed.policy, 'signed');
  const found = await client.video.assets.retrievePlaybackId(asset.id, signed.id);
  assert.equal(found.id, signed.id);
  await client.video.assets.deletePlaybackId(asset.id, signed.id);
  const left = (await client.video.assets.retrieve(asset.id)).playback_ids;
  assert.deepEqual(left.map((p) => p.policy), ['public']);
});

test('a direct upload becomes an asset once its bytes are there', async () => {
  const upload = await client.video.uploads.create({
    cors_origin: '*',
    new_asset_settings: { playback_policies: ['public'], passthrough: 'row 1', meta: { title: 'Title' } },
  });
  assert.equal(upload.status, 'waiting');
  const put = (range, body) =>
    fetch(upload.url, { method: 'PUT', headers: { 'Content-Range': range }, body, redirect: 'manual' });
  const film = new Uint8Array(300_000).fill(7);
  const first = await put('bytes 0-262143/300000', film.subarray(0, 262144));
  assert.equal(first.status, 308);
  assert.equal(first.headers.get('range'), 'bytes=0-262143');
  assert.equal((await put('bytes 262144-299999/300000', film.subarray(262144))).status, 200);

  const done = await client.video.uploads.retrieve(upload.id);
  assert.equal(done.status, 'asset_created');
  const asset = await client.video.assets.retrieve(done.asset_id);
  assert.equal(asset.upload_id, upload.id);
  assert.equal(asset.passthrough, 'row 1');
  assert.equal(asset.meta.title, 'Title');
  await assert.rejects(client.video.uploads.cancel(upload.id), Mux.PermissionDeniedError);
  const unused = await client.video.uploads.create({ cors_origin: '*' });
  assert.equal((await client.video.uploads.cancel(unused.id)).status, 'cancelled');
  const ids = [];
  for await (const listed of client.video.uploads.list({ limit: 1 })) ids.push(listed.id);
  assert.deepEqual(ids, [unused.id, upload.id]);
  const ledger = await control('ledger');
  assert.equal(ledger.uploads, 2);
  assert.equal(ledger.upload_assets, 1);
});

test('iteration over a listing delivers every asset once, the newest first', async () => {
  await control('seed', { count: 57, style: 'rich' });
  const made = await create();
  const ids = [];
  for await (const asset of client.video.assets.list({ limit: 10 })) ids.push(asset.id);
  assert.equal(ids.length, 58);
  assert.equal(new Set(ids).size, 58);
  assert.equal(ids[0], made.id);
});

test('faults are the typed errors of the SDK', async () => {
  await assert.rejects(client.video.assets.retrieve('malformed-id'), (e) => {
    assert.ok(e instanceof Mux.BadRequestError);
    assert.equal(e.status, 400);
    return true;
  });
  await assert.rejects(client.video.assets.create({ inputs: [] }), Mux.BadRequestError);
  const stranger = new Mux({ tokenSecret: 'wrong', maxRetries: 0 });
  await assert.rejects(stranger.video.assets.list(), Mux.AuthenticationError);
  await control('limits', { video_post: { rate: 0.001, burst: 1 } });
  await create();
  await assert.rejects(create(), (e) => {
    assert.ok(e instanceof Mux.RateLimitError);
    assert.deepEqual(e.error, { errors: ['Too many requests, retry later.'] });
    return true;
  });
  await control('limits', { video_post: null });
  await control('faults', { faults: ['http_502_before*1', 'drop_after@video.assets.create*1'] });
  await assert.rejects(create(), Mux.InternalServerError);
  await assert.rejects(create(), Mux.APIConnectionError);
});

test('the SDK repeats a create whose answer was lost, and the ledger shows it', async () => {
  await control('faults', { faults: ['create_answer_lost*1'] });
  const patient = new Mux({ maxRetries: 2 });
  await patient.video.assets.create({ inputs: [{ url: 'https://example.com/b.mp4' }] });
  const ledger = await control('ledger');
  assert.equal(ledger.creates, 2);
  assert.equal(ledger.duplicates, 1);
});
