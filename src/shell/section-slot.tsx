import * as React from 'react';
import type { Problem } from '../contract/problem.ts';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { Section } from '../ui/section.tsx';
import { useTrans } from '../ui/translation.ts';
import type { ISection, ISectionView, ISidebar } from './tokens.ts';

/** Loads one section's code and shows it. */
export function SectionSlot(props: {
  readonly section: ISection;
  readonly sidebar: ISidebar;
}): React.ReactElement {
  const trans = useTrans();
  const { section, sidebar } = props;
  const [view, setView] = React.useState<ISectionView | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [isOpen, setIsOpen] = React.useState(section.isFolded !== true);
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let isHere = true;
    section.load().then(
      loaded => {
        if (isHere) {
          setView(loaded);
          setProblem(null);
        }
      },
      () => {
        if (isHere) {
          setProblem({
            type: 'about:blank',
            status: 0,
            title: trans.__('This section could not be loaded'),
            detail: trans.__('A file of the extension did not arrive. Reload the page.'),
            action: 'retry'
          });
        }
      }
    );
    return () => {
      isHere = false;
    };
  }, [section, attempt, trans]);
  React.useEffect(() => {
    const onReveal = (_: ISidebar, id: string): void => {
      if (id === section.id) {
        setIsOpen(true);
        document.getElementById(`jp-panosc-section-${id}-title`)?.focus();
      }
    };
    sidebar.revealed.connect(onReveal);
    return () => {
      sidebar.revealed.disconnect(onReveal);
    };
  }, [section.id, sidebar]);
  return (
    <Section
      id={section.id}
      title={section.title}
      isOpen={isOpen}
      onToggle={setIsOpen}
      toolbar={view?.toolbar?.()}
    >
      <ProblemBanner problem={problem} onRetry={() => setAttempt(attempt + 1)} />
      {view?.render()}
    </Section>
  );
}
