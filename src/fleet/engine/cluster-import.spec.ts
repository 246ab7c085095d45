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
  ])('refuses with %s', (code, more) => {
    expect(planClusterImport([line(more)], areas)).toEqual({ clusters: [], errors: [{ line: 2, code }] });
  });

  it('refuses the same code twice', () => {
    expect(planClusterImport([line(), line()], areas).errors).toEqual([{ line: 3, code: 'cluster.codeTwice' }]);
  });
});
