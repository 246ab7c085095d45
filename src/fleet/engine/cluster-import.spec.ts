import { describe, expect, it } from '@jest/globals';
import { planClusterImport } from './cluster-import.js';

const areas = new Map([
  ['X', 'commune'],
  ['X-1', 'hamlet'],
  ['X-2', 'hamlet'],
]);
const line = (more: Record<string, string> = {}) => ({
  code: 'CL-1',
  areaCode: 'X',
  name: 'Cụm loa 1',
  latitude: '11.5',
  longitude: '106.5',
  horns: '2',
  hamletCodes: 'X-1;X-2',
  ...more,
});

describe('import of clusters', () => {
  it('takes a cluster that serves two hamlets, and one that serves none', () => {
    const { clusters, errors } = planClusterImport(
      [line(), line({ code: 'CL-2', hamletCodes: '', latitude: '', longitude: '' })],
      areas,
    );
    expect(errors).toEqual([]);
    expect(clusters.map((cluster) => cluster.hamletCodes)).toEqual([['X-1', 'X-2'], []]);
    expect(clusters[1]?.latitude).toBeNull();
  });

  it.each([
    ['cluster.codeMissing', { code: '' }],
    ['cluster.nameMissing', { name: '' }],
    ['cluster.areaMissing', { areaCode: 'Y' }],
    ['cluster.hamletMissing', { hamletCodes: 'X-1;X-9' }],
    ['cluster.hamletMissing', { hamletCodes: 'X' }],
    ['cluster.placeWrong', { latitude: '95' }],
    ['cluster.placeWrong', { longitude: '' }],
    ['cluster.hornsWrong', { horns: 'two' }],
    ['cluster.kindWrong', { kind: 'Board' }],
    ['cluster.kindWrong', { kind: 'bảng tin' }],
  ])('refuses with %s', (code, more) => {
    expect(planClusterImport([line(more)], areas)).toEqual({ clusters: [], errors: [{ line: 2, code }] });
  });

  it.each([
    ['is not there', {}, null],
    ['is empty', { kind: ' ' }, null],
    ['names loudspeakers', { kind: 'loudspeakers' }, 'loudspeakers'],
    ['names a board', { kind: 'board' }, 'board'],
  ] as const)('the column of the kind %s', (_, more, kind) => {
    expect(planClusterImport([line(more)], areas).clusters).toMatchObject([{ kind }]);
  });

  it('refuses the same code twice', () => {
    expect(planClusterImport([line(), line()], areas).errors).toEqual([{ line: 3, code: 'cluster.codeTwice' }]);
  });
});
