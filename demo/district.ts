import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** The demo district and its scripts, read from the package's folder (the working directory of `npm run demo`). */
const DISTRICT = 'demo/district';
const SCRIPTS = 'media/starter';

const frontMatter = z.object({
  title: z.string(),
  topic: z.string(),
  field: z.int(),
  audience: z.array(z.string()),
  form: z.string(),
  language: z.string(),
  programme: z.string(),
  sourceOffice: z.string(),
  planLine: z.string(),
});
export type Script = z.infer<typeof frontMatter> & { readonly text: string };

const planFile = z.object({
  number: z.string(),
  issuer: z.string(),
  date: z.string(),
  title: z.string(),
  period: z.object({ from: z.string(), to: z.string() }),
  legalBasis: z.union([z.string(), z.array(z.string())]),
  funding: z.union([z.string(), z.array(z.string())]),
  audiences: z.array(z.string()),
  reportDeadline: z.string(),
  recipients: z.array(z.string()),
  lines: z.array(
    z.object({
      key: z.string(),
      kind: z.string(),
      title: z.string(),
      target: z.int(),
      unit: z.string(),
      criterion: z.string(),
    }),
  ),
});
export type PlanFile = z.infer<typeof planFile>;

export interface District {
  readonly areasCsv: string;
  readonly clustersCsv: string;
  readonly plan: PlanFile;
  readonly scripts: readonly Script[];
  readonly communeCodes: readonly string[];
}

export function readDistrict(): District {
  const areasCsv = readFileSync(join(DISTRICT, 'areas.csv'), 'utf8');
  const areas = parseCsv<Record<string, string>>(areasCsv, { columns: true, bom: true });
  return {
    areasCsv,
    clustersCsv: readFileSync(join(DISTRICT, 'clusters.csv'), 'utf8'),
    plan: planFile.parse(parseYaml(readFileSync(join(DISTRICT, 'plan.yaml'), 'utf8'))),
    scripts: readScripts(),
    communeCodes: areas.filter((area) => area.kind === 'commune').map((area) => area.code ?? ''),
  };
}

function readScripts(): Script[] {
  return readdirSync(SCRIPTS)
    .filter((name) => /^\d\d-.*\.md$/.test(name))
    .sort()
    .map((name) => {
      const [, head = '', text = ''] =
        /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(SCRIPTS, name), 'utf8')) ?? [];
      return { ...frontMatter.parse(parseYaml(head)), text: text.trim() };
    });
}
