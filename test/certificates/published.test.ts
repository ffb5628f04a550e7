import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { readChain } from '../../src/certificates/chain.ts';
import { publishedIn, renewalName } from '../../src/certificates/published.ts';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import { SmallAuthority, type Making } from '../conformance/authorities/small-authority.ts';

const root = await SmallAuthority.create('Root');
const { csr } = await signingRequest(await drawKey('ecdsa-p256'), { names: ['a.example.com'], lifetimeMs: 1 });
const leafWith = async (making: Making) => readChain(await root.sign(csr, making)).leaf;
const uri = (value: string) => new pkijs.GeneralName({ type: 6, value });

test('https://www.rfc-editor.org/rfc/rfc9773#section-4.1', async () => {
  const keyIdentifier = new asn1js.OctetString({
    valueHex: Uint8Array.from(Buffer.from('69885B6B87464041E1B37B847BA0AE2CDE01C8D4', 'hex')).buffer,
  });
  const extnValue = new pkijs.AuthorityKeyIdentifier({ keyIdentifier }).toSchema().toBER();
  const extensions = [new pkijs.Extension({ extnID: '2.5.29.35', extnValue })];
  const leaf = await leafWith({ serial: 0x87654321n, extensions });
  assert.equal(renewalName(leaf), 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  assert.equal(renewalName(await leafWith({})), undefined);
});

test('a certificate names its lists and responders; what is no URL of the web is left out', async () => {
  const points = new pkijs.CRLDistributionPoints({
    distributionPoints: ['http://ca.example.com/1.crl', 'ldap://ca.example.com/crl'].map(
      (value) => new pkijs.DistributionPoint({ distributionPoint: [uri(value)] }),
    ),
  });
  const access = new pkijs.InfoAccess({
    accessDescriptions: [
      new pkijs.AccessDescription({
        accessMethod: '1.3.6.1.5.5.7.48.1',
        accessLocation: uri('http://ocsp.example.com'),
      }),
      new pkijs.AccessDescription({
        accessMethod: '1.3.6.1.5.5.7.48.2',
        accessLocation: uri('http://ca.example.com/ca'),
      }),
    ],
  });
  const extensions = [
    new pkijs.Extension({ extnID: '2.5.29.31', extnValue: points.toSchema().toBER() }),
    new pkijs.Extension({ extnID: '1.3.6.1.5.5.7.1.1', extnValue: access.toSchema().toBER() }),
  ];
  assert.deepEqual(publishedIn(await leafWith({ extensions })), {
    lists: ['http://ca.example.com/1.crl'],
    responders: ['http://ocsp.example.com'],
  });
  assert.deepEqual(publishedIn(await leafWith({})), { lists: [], responders: [] });
});
