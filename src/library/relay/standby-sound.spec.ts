import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { type House, openHouse } from '../approval/approval-house.spec-support.js';
import { ItemVersion } from '../items/item.entity.js';
import { librarySuite, QuietTools } from '../library.spec-support.js';
import { StandbySound } from './standby-sound.js';

describeOnBothDatabases('what schedules know of a relay', librarySuite, (open) => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse(await open());
  });
  afterEach(() => house.close());

  const relay = { kind: 'relay', text: null, streamUrl: 'https://stream.vov.vn/vov1' } as object;
  const approved = async (request = relay): Promise<string> => {
    const [hoa, nam] = [await house.member('Chị Hoa', 'operator'), await house.member('Anh Nam', 'approver')];
    return (await house.approve(nam, await house.pending(hoa, request))).id;
  };
  const found = async (id: string) =>
    (await house.database.read((reader) => house.library.schedulable(reader, [id]))).get(id);
  const standbyOf = (tools: QuietTools) => new StandbySound(house.database, house.store, tools, house.clock);

  it('its approved address, and no sound of its own; a draft is not known at all', async () => {
    const id = await approved();
    expect(await found(id)).toMatchObject({ id, relay: { url: 'https://stream.vov.vn/vov1', fallback: null } });
    expect(await house.airable(id)).toBeNull();
    const draft = await house.create(await house.member('Chị Lan', 'operator'), relay);
    expect(await found(draft.id)).toBeUndefined();
  });

  it('an address that no plan carries is not on air: an older release took longer ones', async () => {
    const id = await approved();
    const content = { kind: 'relay' as const, streamUrl: `https://vov.vn/${'x'.repeat(600)}` };
    await house.database.write(({ manager }) => manager.save(ItemVersion, { itemId: id, n: 1, content }));
    expect(await found(id)).toBeUndefined();
  });

  it('what takes its place is made once for all processes, and named with each relay', async () => {
    const id = await approved();
    const [first, other] = [new QuietTools(), new QuietTools()];
    const [made] = await Promise.all([standbyOf(first), standbyOf(other)].map((standby) => standby.keep()));
    const later = new QuietTools();
    expect(await standbyOf(later).keep()).toEqual(made);
    expect(later.produced).toBe(0);
    expect(await house.store.has(made?.sha256 ?? '')).toBe(true);
    expect((await found(id))?.relay?.fallback).toEqual(made);
  });

  it('asked for twice at once it is made once; its file lost, it is made again', async () => {
    const tools = new QuietTools();
    const standby = standbyOf(tools);
    const [made, same] = await Promise.all([standby.keep(), standby.keep()]);
    expect([tools.produced, same]).toEqual([1, made]);
    await rm(house.store.path(made.sha256));
    expect(await standby.keep()).toEqual(made);
    expect([tools.produced, await house.store.has(made.sha256)]).toEqual([2, true]);
  });

  it('it could not be made: whoever asked is told, and the next one who asks tries again', async () => {
    const tools = new QuietTools();
    tools.mishaps.push(() => Promise.reject(new Error('no ffmpeg')));
    const standby = standbyOf(tools);
    await expect(standby.keep()).rejects.toThrow('no ffmpeg');
    expect(await standby.keep()).toMatchObject({ type: 'audio/ogg; codecs=opus' });
  });
});
