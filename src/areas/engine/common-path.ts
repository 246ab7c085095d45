/** The path of the smallest area that contains all of these: `/p/a/`, `/p/b/x/` → `/p/`. Without any: `/`, everything. */
export function commonPath(paths: readonly string[]): string {
  const [first = '/', ...others] = paths;
  let common = first;
  // The path of an area ends with a slash, and so do those of the areas around it.
  for (const path of others)
    while (!path.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  return common;
}
