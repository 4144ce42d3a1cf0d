import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/shell.css';
import type { ICompanion } from '../companion/tokens.ts';
import type { FacilityAddresses } from '../contract/facility.ts';
import type { Problem } from '../contract/problem.ts';
import { FacilityChooser } from '../facility/chooser.tsx';
import type { IFacility } from '../facility/tokens.ts';
import { SigninBox } from '../signin/components/signin-box.tsx';
import type { ISignin } from '../signin/tokens.ts';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { Waiting } from '../ui/waiting.tsx';
import { FirstMinute } from './first-minute.tsx';
import { Header } from './header.tsx';
import { HelpBar } from './help-bar.tsx';
import { SectionSlot } from './section-slot.tsx';
import { createTabContent } from './tab-content.tsx';
import type { ISidebar } from './tokens.ts';
import { VersionCheck } from './version-check.tsx';

/** What the panel is made of. */
export interface IPanelOptions {
  readonly sidebar: ISidebar;
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly signin: ISignin;
  readonly commands: JupyterFrontEnd['commands'];
  readonly trans: TranslationBundle;
}

/** What lies over the sections: asked for by a command, by a click, or by the state of things. */
type Overlay = 'none' | 'facility' | 'signin';

/** `ISidebar.reveal` with one of these opens what is not a section. */
function useOverlay(sidebar: ISidebar): [Overlay, (overlay: Overlay) => void] {
  const [overlay, setOverlay] = React.useState<Overlay>(
    sidebar.pendingReveal === 'facility' || sidebar.pendingReveal === 'signin'
      ? sidebar.pendingReveal
      : 'none'
  );
  React.useEffect(() => {
    const onReveal = (_: ISidebar, id: string): void => {
      if (id === 'facility' || id === 'signin') {
        setOverlay(id);
      }
    };
    sidebar.revealed.connect(onReveal);
    return () => {
      sidebar.revealed.disconnect(onReveal);
    };
  }, [sidebar]);
  return [overlay, setOverlay];
}

function SignedOutLine(props: { readonly onSignIn: () => void }): React.ReactElement {
  const trans = useTrans();
  return (
    <div className="jp-panosc-Hint">
      <span>{trans.__('Open data needs no sign-in.')}</span>
      <button type="button" className="jp-panosc-Button" onClick={props.onSignIn}>
        {trans.__('Sign in')}
      </button>
    </div>
  );
}

/** Everything in the panel: header, what is wrong, what waits for the person, the sections. */
export function SidebarContent(props: IPanelOptions): React.ReactElement {
  const trans = useTrans();
  const { sidebar, facility, signin, companion } = props;
  const [overlay, setOverlay] = useOverlay(sidebar);
  const [failure, setFailure] = React.useState<Problem | null>(null);
  useSignal(facility.changed);
  useSignal(signin.changed);
  useSignal(sidebar.sectionsChanged);
  React.useEffect(() => {
    companion.events.start();
    void facility.load();
    void signin.load();
  }, [companion, facility, signin]);
  const closeOverlay = React.useCallback(() => setOverlay('none'), [setOverlay]);
  const problemOf = React.useCallback((error: unknown) => companion.problemOf(error), [companion]);

  const choose = async (id: string, isOpenData: boolean): Promise<void> => {
    setFailure(null);
    try {
      await facility.choose(id);
      setOverlay('none');
      if (isOpenData) {
        await props.commands.execute('panosc-datasets:find');
      }
    } catch (error) {
      setFailure(companion.problemOf(error));
    }
  };

  const value = facility.value;
  if (value === null) {
    return (
      <>
        <HelpBar commands={props.commands} />
        {facility.problem === null ? (
          <Waiting what={trans.__('the companion')} rows={4} />
        ) : (
          <ProblemBanner
            problem={facility.problem}
            onRetry={() => {
              void facility.refresh();
              void signin.refresh();
            }}
          />
        )}
      </>
    );
  }
  const chooseIt = (id: string, isOpenData = false): void => void choose(id, isOpenData);
  if (value.active === null) {
    return (
      <>
        <HelpBar commands={props.commands} />
        <ProblemBanner problem={failure} />
        <FirstMinute facility={value} onChoose={chooseIt} />
      </>
    );
  }
  const state = signin.value?.state ?? null;
  const { domains, providers } = value.active;
  const hasSigninBox = overlay === 'signin' || state === 'pending';
  return (
    <>
      <Header facility={value} signin={signin.value} commands={props.commands} />
      <VersionCheck companion={companion} />
      <ProblemBanner problem={failure} />
      <ProblemBanner problem={facility.problem} onRetry={() => void facility.refresh()} />
      <ProblemBanner problem={signin.problem} onRetry={() => void signin.refresh()} />
      {overlay === 'facility' && (
        <FacilityChooser facility={value} onChoose={chooseIt} onCancel={closeOverlay} />
      )}
      {hasSigninBox && (
        <SigninBox
          signin={signin}
          providers={providers}
          problemOf={problemOf}
          addresses={() => companion.get<FacilityAddresses>('facility/addresses')}
          onClose={closeOverlay}
        />
      )}
      {!hasSigninBox && state === 'needs-you' && (
        <ProblemBanner
          problem={signin.value?.problem ?? null}
          onSignIn={() => setOverlay('signin')}
        />
      )}
      {!hasSigninBox && state === 'signed-out' && providers.length > 0 && (
        <SignedOutLine onSignIn={() => setOverlay('signin')} />
      )}
      {sidebar.sections
        .filter(({ domain }) => domain === undefined || domains.includes(domain))
        .map(section => (
          <SectionSlot key={section.id} section={section} sidebar={sidebar} />
        ))}
    </>
  );
}

/** The panel's content. */
export function createPanel(options: IPanelOptions): ReactWidget {
  return createTabContent(<SidebarContent {...options} />, options.facility, options.trans);
}
