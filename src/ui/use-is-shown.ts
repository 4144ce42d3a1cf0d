import * as React from 'react';

/** True while the element is on the screen of a visible page: what nobody sees need not be kept up to date. */
export function useIsShown(ref: React.RefObject<Element>): boolean {
  const [isOnScreen, setIsOnScreen] = React.useState(true);
  const [isPageVisible, setIsPageVisible] = React.useState(document.visibilityState !== 'hidden');
  React.useEffect(() => {
    const onVisibility = (): void => setIsPageVisible(document.visibilityState !== 'hidden');
    document.addEventListener('visibilitychange', onVisibility);
    return () => document.removeEventListener('visibilitychange', onVisibility);
  }, []);
  React.useEffect(() => {
    const element = ref.current;
    if (element === null || typeof IntersectionObserver === 'undefined') {
      return;
    }
    const observer = new IntersectionObserver(entries => {
      const last = entries.at(-1);
      if (last !== undefined) {
        setIsOnScreen(last.isIntersecting);
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return isOnScreen && isPageVisible;
}
