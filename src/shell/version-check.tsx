import * as React from 'react';
import { EXPECTED_CONTRACT } from '../companion/expected-contract.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Health } from '../contract/health.ts';
import { useTrans } from '../ui/translation.ts';

/** Offers a reload when the companion was upgraded under an open page and both would misunderstand each other. */
export function VersionCheck(props: { readonly companion: ICompanion }): React.ReactElement | null {
  const trans = useTrans();
  const { companion } = props;
  const [contract, setContract] = React.useState(EXPECTED_CONTRACT);
  React.useEffect(() => {
    const hello = companion.events.on('hello');
    const onHello = (_: unknown, value: { contract: number }): void => setContract(value.contract);
    hello.connect(onHello);
    companion.get<Health>('health').then(
      health => setContract(health.contract),
      () => undefined // what is wrong shows where something is asked for
    );
    return () => {
      hello.disconnect(onHello);
    };
  }, [companion]);
  if (contract === EXPECTED_CONTRACT) {
    return null;
  }
  return (
    <div className="jp-panosc-Hint" role="alert">
      <span>
        {trans.__('jupyterlab-panosc was upgraded while this page was open. Reload the page.')}
      </span>
      <button
        type="button"
        className="jp-panosc-Button jp-mod-accept"
        onClick={() => window.location.reload()}
      >
        {trans.__('Reload the page')}
      </button>
    </div>
  );
}
