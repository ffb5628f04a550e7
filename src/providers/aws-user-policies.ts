import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import type { Read, Write } from '../contract/call.ts';
import type { Entitlement } from '../contract/entitlements.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { Iam } from './aws-iam.ts';

/** One of the three ways in which a user comes to a right: `managed policy ARN`, `inline policy NAME`, `group NAME`. */
export interface UserPolicy {
  readonly way: 'managed policy' | 'inline policy' | 'group';
  readonly name: string;
}

/** Takes an id apart. Throws `invalid_request`; whether there is such a thing is not looked at. */
export function parseUserPolicy(id: string): UserPolicy {
  const { way, name } = /^(?<way>managed policy|inline policy|group) (?<name>\S+)$/.exec(id)?.groups ?? {};
  const names = {
    'managed policy': /^arn:[\w-]+:iam::(\d{12}|aws):policy\/[!-~]{1,640}$/,
    other: /^[\w+=,.@-]{1,128}$/,
  };
  if (way === 'managed policy' && name !== undefined && names[way].test(name)) return { way, name };
  if ((way === 'inline policy' || way === 'group') && name !== undefined && names.other.test(name))
    return { way, name };
  throw new KeyturnError('invalid_request', 'id: expected managed policy ARN, inline policy NAME or group NAME');
}

/** All of the user's own. Throws `not_found` for a user that does not exist, and `unavailable` when a page of it is missing. */
export async function listUserPolicies(iam: Iam, UserName: string, call: Read): Promise<Entitlement[]> {
  const managed = await everyPage((Marker) => {
    const command = new ListAttachedUserPoliciesCommand({ UserName, Marker });
    return iam.ask(call, (client, options) => client.send(command, options));
  });
  const inline = await everyPage((Marker) => {
    const command = new ListUserPoliciesCommand({ UserName, Marker });
    return iam.ask(call, (client, options) => client.send(command, options));
  });
  const groups = await everyPage((Marker) => {
    const command = new ListGroupsForUserCommand({ UserName, Marker });
    return iam.ask(call, (client, options) => client.send(command, options));
  });
  return [
    ...managed
      .flatMap(({ AttachedPolicies }) => there(AttachedPolicies))
      .map(({ PolicyArn }) => managedPolicy(PolicyArn)),
    ...inline.flatMap(({ PolicyNames }) => there(PolicyNames)).map(inlinePolicy),
    ...groups.flatMap(({ Groups }) => there(Groups)).map(({ GroupName }) => membership(GroupName)),
  ];
}

/** Detaches, deletes or leaves. Throws `not_found` when the user does not have it, or does not exist. */
export async function dropUserPolicy(
  iam: Iam,
  UserName: string,
  { way, name }: UserPolicy,
  call: Write,
): Promise<void> {
  await iam.change(call, (client, options) => {
    if (way === 'managed policy')
      return client.send(new DetachUserPolicyCommand({ UserName, PolicyArn: name }), options);
    if (way === 'group') return client.send(new RemoveUserFromGroupCommand({ UserName, GroupName: name }), options);
    return client.send(new DeleteUserPolicyCommand({ UserName, PolicyName: name }), options);
  });
}

/** Attaches or joins; held already is done. Throws `invalid_request` for an inline policy, since its name does not say what it allows. */
export async function addUserPolicy(iam: Iam, UserName: string, { way, name }: UserPolicy, call: Write): Promise<void> {
  if (way === 'inline policy')
    throw new KeyturnError(
      'invalid_request',
      'id: expected a managed policy or a group; an inline one is more than its name',
    );
  await iam.change(call, (client, options) =>
    way === 'group'
      ? client.send(new AddUserToGroupCommand({ UserName, GroupName: name }), options)
      : client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: name }), options),
  );
}

interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

async function everyPage<Answer extends Page>(ask: (marker: string | undefined) => Promise<Answer>): Promise<Answer[]> {
  const pages: Answer[] = [];
  for (let marker: string | undefined; ;) {
    const page = await ask(marker);
    pages.push(page);
    if (page.IsTruncated !== true) return pages;
    // Without a new marker the same page would come for ever, or the rest never.
    if (page.Marker === undefined || page.Marker === marker) throw incomplete();
    marker = page.Marker;
  }
}

function managedPolicy(arn: string | undefined): Entitlement {
  return { id: `managed policy ${there(arn)}`, what: `the managed policy ${there(arn)} is attached to the user` };
}

function inlinePolicy(name: string): Entitlement {
  return { id: `inline policy ${name}`, what: `the user has the inline policy ${name}; what it says is lost with it` };
}

function membership(name: string | undefined): Entitlement {
  return { id: `group ${there(name)}`, what: `the user is a member of the group ${there(name)}` };
}

function there<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw incomplete();
}

function incomplete(): KeyturnError {
  return new KeyturnError('unavailable', 'AWS gave an answer in which something is missing');
}
