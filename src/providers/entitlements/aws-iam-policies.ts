import type { EntitlementPort } from '../../contract/entitlements.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Provider } from '../../contract/provider.ts';
import { awsConnection, type AwsConnection } from '../aws-connection.ts';
import { openIam } from '../aws-iam.ts';
import { addUserPolicy, dropUserPolicy, listUserPolicies, parseUserPolicy } from '../aws-user-policies.ts';
import { userName } from '../aws-user-name.ts';
import { observe } from '../observe.ts';

/**
 * What an IAM user holds: attached managed policies, inline policies and memberships of groups. The account is the user's name.
 *
 * What a policy of a resource, or the trust policy of a role, says of the user is not the user's and not listed; a permissions
 * boundary only takes away. A change takes some seconds until it is in force everywhere, and so does the record of it: `prove`
 * says what IAM shows. Temporary credentials of the user lose a right together with it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
 */
export const provider: Provider<EntitlementPort, AwsConnection> = {
  kind: 'aws-iam-policies',
  config: awsConnection,
  create(connection, world) {
    const iam = openIam(connection);
    return {
      list: async (account, call) => listUserPolicies(iam, userName(account), call),
      async prove(account, id, call) {
        const user = userName(account);
        parseUserPolicy(id);
        return observe(world, async () => {
          const held = await listUserPolicies(iam, user, call);
          return held.some((each) => each.id === id)
            ? ['yes', 'AWS shows it among what the user has']
            : ['no', 'AWS knows the user, and does not show this among what it has'];
        });
      },
      async remove(account, id, call) {
        await dropUserPolicy(iam, userName(account), parseUserPolicy(id), call).catch(unlessGone);
      },
      grant: async (account, id, call) => addUserPolicy(iam, userName(account), parseUserPolicy(id), call),
      async preflight(account, call) {
        const user = userName(account);
        return observe(world, () => listUserPolicies(iam, user, call).then(() => maySee, unlessClear));
      },
    };
  },
};

/** AWS can simulate policies, but not all that bounds them; so only what a first question shows is promised. */
const maySee = [
  'yes',
  'the connection may list what the user has; whether it may take it away shows when it does',
] as const;

function unlessClear(error: unknown): readonly ['no', string] {
  if (error instanceof KeyturnError && ['not_found', 'denied'].includes(error.code)) return ['no', error.message];
  throw error;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
}
