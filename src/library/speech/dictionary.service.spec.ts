import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { librarySuite, type OpenLibrary, openLibrary, person } from '../library.spec-support.js';
import { dictionaryView, readingView } from './speech.api.js';

const operator = person('Chị Hoa', 'operator');
const office = person('Phòng VH&TT', 'contentOffice', '/p/');
const neighbour = person('Anh Phú', 'operator', '/p/an-phu/');

describeOnBothDatabases('how an area wants words read', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  const said = async (text: string, areaId = 'an-khuong') => {
    const request = { areaId, text, language: 'vi', voice: null };
    const reading = readingView.parse(await opened.speech.reading(operator, request));
    return reading.sentences.map((sentence) => sentence.said).join(' ');
  };
  const put = (written: string, spoken: string, actor = operator, areaId = 'an-khuong') =>
    opened.dictionary.put(actor, areaId, { written, said: spoken });

  it('a word that an area enters is read its way, there and below, and nowhere else', async () => {
    const before = await said('Họp tại NVH Ấp 2.');
    await put('NVH', 'nhà văn hóa');
    expect(await said('Họp tại NVH Ấp 2.')).not.toBe(before);
    expect(await said('Họp tại NVH Ấp 2.', 'ap-1')).toContain('nhà văn hóa');
    expect(await opened.dictionary.list(neighbour, 'an-phu')).toEqual([]);
  });

  it('the nearest area’s entry counts, and the one above holds again when it is removed', async () => {
    await put('ABC', 'cách của huyện', office, 'p');
    await put('ABC', 'cách của xã');
    expect(await said('Theo ABC.')).toContain('cách của xã');
    const [word] = dictionaryView.parse(await opened.dictionary.list(operator, 'an-khuong'));
    expect(word).toMatchObject({ written: 'ABC', areaId: 'an-khuong', changedByName: 'Chị Hoa' });
    await opened.dictionary.remove(operator, 'an-khuong', word?.id ?? '');
    expect(await said('Theo ABC.')).toContain('cách của huyện');
  });

  it('entered in NFD it is the same word, and entering it again changes how it is read', async () => {
    await put('ĐBKK'.normalize('NFD'), 'một');
    expect(await put('ĐBKK', 'hai')).toMatchObject([{ written: 'ĐBKK', said: 'hai' }]);
  });

  it.each([
    ['', 'trống', 'library.wordEmpty'],
    ['…', 'ba chấm', 'library.wordEmpty'],
    ['A', '', 'library.wordUnspeakable'],
    ['A', '12', 'library.wordUnspeakable'],
    ['A', '<break time="9s"/>', 'library.wordUnspeakable'],
    ['A', "[['bO]]", 'library.wordUnspeakable'],
  ])('%j read as %j is refused', async (written, spoken, code) =>
    expect(put(written, spoken)).rejects.toMatchObject({ code }),
  );

  it('nobody changes the words of an area above or beside their own', async () => {
    await expect(put('A', 'a', operator, 'p')).rejects.toMatchObject({ code: expect.stringMatching(/area|right/) });
    await expect(put('A', 'a', neighbour)).rejects.toMatchObject({ code: 'area.unknown' });
  });
});
