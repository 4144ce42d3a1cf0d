import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Menu } from '@lumino/widgets';

/** What helps when something does not work; in every menu of the panel, whatever is configured. */
export const HELP_ITEMS: readonly string[] = ['panosc-doctor:open', 'panosc-doctor:report'];

/** Opens a menu below its button; the focus comes back to the button. */
export function openMenu(
  button: HTMLElement,
  commands: JupyterFrontEnd['commands'],
  items: readonly (string | null)[]
): void {
  const menu = new Menu({ commands });
  for (const command of items) {
    menu.addItem(command === null ? { type: 'separator' } : { command });
  }
  menu.aboutToClose.connect(() => {
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        button.focus();
      }
      menu.dispose();
    });
  });
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}
