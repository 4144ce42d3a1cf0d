import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/shell.css';
import type { ICompanion } from '../companion/tokens.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { ISignin } from '../signin/tokens.ts';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { createReactPanel } from '../ui/react-panel.tsx';
import { Section } from '../ui/section.tsx';
import { useSignal } from '../ui/use-signal.ts';
import type { ISection, ISectionView, ISidebar } from './tokens.ts';

/** What the panel is made of. */
export interface IPanelOptions {
  readonly sidebar: ISidebar;
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly signin: ISignin;
  readonly commands: JupyterFrontEnd['commands'];
  readonly trans: TranslationBundle;
}

/** Loads one section's code and shows it. */
function SectionSlot(props: {
  readonly section: ISection;
  readonly sidebar: ISidebar;
}): React.ReactElement {
  const { section, sidebar } = props;
  const [view, setView] = React.useState<ISectionView | null>(null);
  const [isOpen, setIsOpen] = React.useState(section.isFolded !== true);
  React.useEffect(() => {
    let isHere = true;
    void section.load().then(loaded => isHere && setView(loaded));
    return () => {
      isHere = false;
    };
  }, [section]);
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
      {view?.render()}
    </Section>
  );
}

function SidebarContent(props: IPanelOptions): React.ReactElement {
  const { sidebar, facility, signin } = props;
  useSignal(facility.changed);
  useSignal(sidebar.sectionsChanged);
  React.useEffect(() => {
    void facility.load();
    void signin.load();
  }, [facility, signin]);
  return (
    <>
      <ProblemBanner problem={facility.problem} onRetry={() => void facility.refresh()} />
      {facility.value?.active != null &&
        sidebar.sections.map(section => (
          <SectionSlot key={section.id} section={section} sidebar={sidebar} />
        ))}
    </>
  );
}

/** The panel's content. */
export function createPanel(options: IPanelOptions): ReactWidget {
  return createReactPanel(<SidebarContent {...options} />, options.trans);
}
