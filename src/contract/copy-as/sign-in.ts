import type { FacilityAddresses } from '../facility.ts';
import { comment, commandLine, option, shell, type CopyAs } from './command.ts';
import { quoteForShell } from './quote-for-shell.ts';

type Provider = FacilityAddresses['providers'][number];

/** The device grant (RFC 8628) with PKCE (RFC 7636), as the companion does it. What is secret is on no command line. */
function deviceGrant({ caFile, clientId, issuer, scopes, title }: Provider): string {
  const curl = `curl --silent --show-error${option('cacert', caFile ?? undefined)
    .map(word => ` ${word}`)
    .join('')}`;
  // A refresh token would only be thrown away.
  const scope = scopes.filter(name => name !== 'offline_access').join(' ');
  return [
    comment(
      `Signs in at ${title}: open the address, enter the code. PANOSC_TOKEN holds the token then.`
    ),
    comment('It is not shown, and is forgotten with this shell.'),
    `{
  issuer=${quoteForShell(issuer.replace(/\/+$/, ''))}
  client=${quoteForShell(clientId)}
  scope=${quoteForShell(scope)}
  pick() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1], ""))' "$1"; }
  places=$(${curl} --fail "$issuer/.well-known/openid-configuration")
  verifier=$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')
  challenge=$(printf %s "$verifier" | python3 -c 'import base64, hashlib, sys
digest = hashlib.sha256(sys.stdin.buffer.read()).digest()
print(base64.urlsafe_b64encode(digest).decode().rstrip("="))')
  code=$(${curl} --fail --data-urlencode "client_id=$client" --data-urlencode "scope=$scope" \\
    --data-urlencode "code_challenge=$challenge" --data-urlencode code_challenge_method=S256 \\
    "$(printf %s "$places" | pick device_authorization_endpoint)")
  printf 'Open %s and enter %s\\n' "$(printf %s "$code" | pick verification_uri)" "$(printf %s "$code" | pick user_code)"
  pause=$(printf %s "$code" | pick interval)
  PANOSC_TOKEN=
  while [ -n "$code" ] && [ -z "$PANOSC_TOKEN" ]; do
    sleep "\${pause:=5}"
    answer=$(${curl} --data-urlencode "client_id=$client" --config - \\
      "$(printf %s "$places" | pick token_endpoint)" <<END_OF_GRANT
data-urlencode = "grant_type=urn:ietf:params:oauth:grant-type:device_code"
data-urlencode = "device_code=$(printf %s "$code" | pick device_code)"
data-urlencode = "code_verifier=$verifier"
END_OF_GRANT
    )
    PANOSC_TOKEN=$(printf %s "$answer" | pick access_token)
    case $(printf %s "$answer" | pick error) in
      authorization_pending) ;;
      slow_down) pause=$((pause + 5)) ;;
      *) [ -n "$PANOSC_TOKEN" ] || printf '%s\\n' "$answer" >&2; break ;;
    esac
  done
  export PANOSC_TOKEN
  [ -n "$PANOSC_TOKEN" ]
}
`
  ].join('');
}

/** How to sign in. `isOnly`: the facility has one service, which need not be named. */
export function signInCommands(provider: Provider, isOnly: boolean): readonly CopyAs[] {
  const own = commandLine('signin', [], isOnly ? [] : option('provider', provider.id));
  return provider.hasSecret
    ? [
        shell(
          'jupyter panosc',
          comment('The client of this service has a secret that only the companion knows.') + own
        )
      ]
    : [shell('jupyter panosc', own), shell('curl', deviceGrant(provider))];
}
