/** Two clicks that follow each other within this time, */
const TOGETHER_MS = 500;
/** and no farther apart than this, were meant for one thing. */
const SAME_PLACE_PX = 8;

const THINGS = 'button, a, input, select, textarea, label, summary, [role="row"], [role="option"]';

interface IClick {
  readonly atMs: number;
  readonly x: number;
  readonly y: number;
  readonly thing: Element | null;
}

/** The last click in any of our views: what it opened may lie in another one. */
let last: IClick | null = null;

function clickOf(event: MouseEvent): IClick {
  const thing = event.target instanceof Element ? event.target.closest(THINGS) : null;
  return { atMs: event.timeStamp, x: event.clientX, y: event.clientY, thing };
}

function isForAnother(click: IClick): boolean {
  return (
    last !== null &&
    click.atMs - last.atMs < TOGETHER_MS &&
    Math.hypot(click.x - last.x, click.y - last.y) < SAME_PLACE_PX &&
    click.thing !== last.thing
  );
}

/**
 * The first click may change what lies under the pointer. Then the second click of a double click would press something
 * that nobody aimed at: it is dropped. Clicks by the keyboard are never.
 */
export function keepClicksSteady(node: HTMLElement): void {
  let isDropped = false;
  const drop = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  node.addEventListener(
    'click',
    event => {
      if (event.detail === 0) {
        return;
      }
      const click = clickOf(event);
      isDropped = isForAnother(click);
      if (isDropped) {
        drop(event);
      } else {
        last = click;
      }
    },
    true
  );
  node.addEventListener('dblclick', event => isDropped && drop(event), true);
}
