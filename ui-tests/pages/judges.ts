import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

/** Serious and critical findings inside our own elements; the rest of the page is JupyterLab's. */
export async function findings(page: Page, root: Locator): Promise<string[]> {
  const selector = (await root.getAttribute('data-axe')) ?? `axe-${crypto.randomUUID()}`;
  await root.evaluate((element, name) => element.setAttribute('data-axe', name), selector);
  // JupyterLab's body cuts off what overflows and is 0 px high: axe would take all text for hidden.
  await page.addStyleTag({ content: 'html, body { height: 100%; }' });
  const { violations } = await new AxeBuilder({ page })
    .include(`[data-axe="${selector}"]`)
    // The colours of code are JupyterLab's own.
    .exclude('.cm-content')
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(node => `${id}: ${node.html} ${node.failureSummary ?? ''}`)
    );
}

/** Elements that are cut off at the right without a scroll bar of their own. */
export function tooWide(root: Locator): Promise<string[]> {
  return root.evaluate(element => {
    const right = element.getBoundingClientRect().right + 1;
    return element.scrollWidth > element.clientWidth + 1
      ? [...element.querySelectorAll('*')]
          .filter(inner => inner.getBoundingClientRect().right > right)
          .map(inner => inner.outerHTML.slice(0, 200))
          .slice(0, 5)
      : [];
  });
}

/** Words on buttons, headings and labels that do not fit into their box; rows may end in "…", they have a tooltip. */
export function cutOff(root: Locator): Promise<string[]> {
  return root.evaluate(element =>
    [...element.querySelectorAll<HTMLElement>('button, label, h1, h2, summary, legend, dt')]
      .filter(
        inner =>
          inner.offsetParent !== null &&
          inner.closest('.jp-panosc-HiddenText, [title]') === null &&
          getComputedStyle(inner).overflowX !== 'visible' &&
          inner.scrollWidth > inner.clientWidth + 1
      )
      .map(inner => inner.outerHTML.slice(0, 200))
  );
}

/** Texts, names and tooltips of our own elements, as people see and hear them. */
export function wordsIn(root: Locator): Promise<string[]> {
  return root.evaluate(element => {
    const found: string[] = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() !== null) {
      const { parentElement, textContent } = walker.currentNode;
      // What a program wrote, and what a person types, is nobody's language.
      if (parentElement?.closest('pre, code, .cm-editor, select, [role=log]') === null) {
        found.push(textContent?.trim() ?? '');
      }
    }
    // The tooltip of a job's state is the scheduler's own word.
    const named = ':is([aria-label], [title], [placeholder]):not(.jp-panosc-JobState)';
    for (const inner of element.querySelectorAll(named)) {
      for (const name of ['aria-label', 'title', 'placeholder']) {
        found.push(inner.getAttribute(name) ?? '');
      }
    }
    return [...new Set(found)].filter(text => text !== '');
  });
}
