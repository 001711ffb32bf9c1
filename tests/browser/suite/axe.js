// Looks for what keeps people from using a page: WCAG 2.2, levels A and AA, by axe-core.
import { readFile } from 'node:fs/promises';

const axe = await readFile(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** What is wrong with the page as it is now, a line for each rule. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  return found.violations.map(violation => `${violation.id}: ${violation.nodes.map(node => `${node.target} ${node.failureSummary}`).slice(0, 3).join(' | ')}`);
}
