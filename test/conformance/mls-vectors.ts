// The MLS working group's own vectors, for every CryptoProvider. They are not part of the project: they are expected
// beside it (../shared/vectors/mls) or where HELO_MLS_VECTORS says. If they are missing, each test says so and checks
// nothing. The RFCs' figures in crypto-provider.ts always run.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  mlsExporter,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type CryptoProvider,
} from 'ts-mls';
import { decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { verifyConfirmationTag } from 'ts-mls/framedContent.js';
import { encodeGroupContext, type GroupContext } from 'ts-mls/groupContext.js';
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { decodeMlsMessage } from 'ts-mls/message.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { encodeCommit } from 'ts-mls/commit.js';
import { encodeProposal } from 'ts-mls/proposal.js';
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from 'ts-mls/secretTree.js';
import { expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js';
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js';
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';

const folder = process.env['HELO_MLS_VECTORS'] ?? '../shared/vectors/mls';
const suitesWithVectors = new Map<number, CiphersuiteName>([
  [1, 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'],
  [2, 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256'],
  [7, 'MLS_256_DHKEMP384_AES256GCM_SHA384_P384'],
]);
const retention = {
  retainKeysForGenerations: 100,
  retainKeysForEpochs: 1,
  maximumForwardRatchetSteps: 100,
};

// oxlint-disable-next-line typescript/no-explicit-any -- foreign JSON, read by the field names of its documentation
type Vector = any;

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function isHex(actual: Uint8Array, expected: string, what: string): void {
  assert.equal(Buffer.from(actual).toString('hex'), expected, what);
}

/** Runs the vectors of `suites` through the provider from `open`. */
export function mlsVectors(
  adapter: string,
  suites: readonly number[],
  open: (t: TestContext) => Promise<CryptoProvider>,
): void {
  const official = (
    file: string,
    check: (vector: Vector, suite: CiphersuiteImpl) => Promise<void>,
  ): void => {
    test(`${adapter}: official vectors: ${file}`, async (t) => {
      const path = join(folder, `${file}.json`);
      if (!existsSync(path)) {
        t.diagnostic(
          `no vectors at ${path}: nothing was checked (HELO_MLS_VECTORS names the folder)`,
        );
        return;
      }
      const provider = await open(t);
      const vectors: Vector[] = JSON.parse(readFileSync(path, 'utf8'));
      let checked = 0;
      for (const vector of vectors) {
        const name = suitesWithVectors.get(vector.cipher_suite);
        if (name === undefined || !suites.includes(vector.cipher_suite)) continue;
        const suite = getCiphersuiteFromName(name);
        await check(vector, await getCiphersuiteImpl(suite, provider));
        checked += 1;
      }
      t.diagnostic(`${checked} of ${vectors.length} checked (suites ${suites.join(', ')})`);
      assert.ok(checked >= suites.length);
    });
  };

  official('crypto-basics', async (v, suite) => {
    const { kdf, hash, signature, hpke } = suite;
    isHex(await refhash(v.ref_hash.label, hex(v.ref_hash.value), hash), v.ref_hash.out, 'ref_hash');
    const e = v.expand_with_label;
    isHex(
      await expandWithLabel(hex(e.secret), e.label, hex(e.context), e.length, kdf),
      e.out,
      'expand_with_label',
    );
    const d = v.derive_secret;
    isHex(await deriveSecret(hex(d.secret), d.label, kdf), d.out, 'derive_secret');
    const t = v.derive_tree_secret;
    isHex(
      await deriveTreeSecret(hex(t.secret), t.label, t.generation, t.length, kdf),
      t.out,
      'derive_tree_secret',
    );
    const s = v.sign_with_label;
    const content = hex(s.content);
    assert.ok(await verifyWithLabel(hex(s.pub), s.label, content, hex(s.signature), signature));
    const own = await signWithLabel(hex(s.priv), s.label, content, signature);
    assert.ok(await verifyWithLabel(hex(s.pub), s.label, content, own, signature));
    const c = v.encrypt_with_label;
    const privateKey = await hpke.importPrivateKey(hex(c.priv));
    const open = (kem: Uint8Array, ciphertext: Uint8Array) =>
      decryptWithLabel(privateKey, c.label, hex(c.context), kem, ciphertext, hpke);
    isHex(await open(hex(c.kem_output), hex(c.ciphertext)), c.plaintext, 'encrypt_with_label');
    const publicKey = await hpke.importPublicKey(hex(c.pub));
    const sealed = await encryptWithLabel(
      publicKey,
      c.label,
      hex(c.context),
      hex(c.plaintext),
      hpke,
    );
    isHex(await open(sealed.enc, sealed.ct), c.plaintext, 'encrypt_with_label, own');
  });

  official('key-schedule', async (v, suite) => {
    let initSecret = hex(v.initial_init_secret);
    for (const [epoch, e] of v.epochs.entries()) {
      const context: GroupContext = {
        version: 'mls10',
        cipherSuite: suite.name,
        groupId: hex(v.group_id),
        epoch: BigInt(epoch),
        treeHash: hex(e.tree_hash),
        confirmedTranscriptHash: hex(e.confirmed_transcript_hash),
        extensions: [],
      };
      isHex(encodeGroupContext(context), e.group_context, 'group_context');
      const secrets = await initializeEpoch(
        initSecret,
        hex(e.commit_secret),
        context,
        hex(e.psk_secret),
        suite.kdf,
      );
      const { keySchedule } = secrets;
      isHex(secrets.joinerSecret, e.joiner_secret, 'joiner_secret');
      isHex(secrets.welcomeSecret, e.welcome_secret, 'welcome_secret');
      isHex(secrets.encryptionSecret, e.encryption_secret, 'encryption_secret');
      isHex(keySchedule.initSecret, e.init_secret, 'init_secret');
      isHex(keySchedule.senderDataSecret, e.sender_data_secret, 'sender_data_secret');
      isHex(keySchedule.exporterSecret, e.exporter_secret, 'exporter_secret');
      isHex(keySchedule.externalSecret, e.external_secret, 'external_secret');
      isHex(keySchedule.confirmationKey, e.confirmation_key, 'confirmation_key');
      isHex(keySchedule.membershipKey, e.membership_key, 'membership_key');
      isHex(keySchedule.resumptionPsk, e.resumption_psk, 'resumption_psk');
      isHex(keySchedule.epochAuthenticator, e.epoch_authenticator, 'epoch_authenticator');
      const external = await suite.hpke.deriveKeyPair(keySchedule.externalSecret);
      isHex(await suite.hpke.exportPublicKey(external.publicKey), e.external_pub, 'external_pub');
      const x = e.exporter;
      isHex(
        await mlsExporter(keySchedule.exporterSecret, x.label, hex(x.context), x.length, suite),
        x.secret,
        'exporter',
      );
      initSecret = keySchedule.initSecret;
    }
  });

  official('secret-tree', async (v, suite) => {
    const sender = v.sender_data;
    const [secret, ciphertext] = [hex(sender.sender_data_secret), hex(sender.ciphertext)];
    isHex(await expandSenderDataKey(suite, secret, ciphertext), sender.key, 'sender_data key');
    isHex(
      await expandSenderDataNonce(suite, secret, ciphertext),
      sender.nonce,
      'sender_data nonce',
    );
    const tree = await createSecretTree(v.leaves.length, hex(v.encryption_secret), suite.kdf);
    for (const [leaf, generations] of v.leaves.entries()) {
      const node = tree[leaf * 2];
      assert.ok(node);
      for (const g of generations) {
        for (const kind of ['application', 'handshake'] as const) {
          const [at] = await ratchetUntil(node[kind], g.generation, retention, suite.kdf);
          isHex(await deriveKey(at.secret, g.generation, suite), g[`${kind}_key`], `${kind} key`);
          isHex(
            await deriveNonce(at.secret, g.generation, suite),
            g[`${kind}_nonce`],
            `${kind} nonce`,
          );
        }
      }
    }
  });

  official('message-protection', async (v, suite) => {
    const context: GroupContext = {
      version: 'mls10',
      cipherSuite: suite.name,
      groupId: hex(v.group_id),
      epoch: BigInt(v.epoch),
      treeHash: hex(v.tree_hash),
      confirmedTranscriptHash: hex(v.confirmed_transcript_hash),
      extensions: [],
    };
    const open = async (message: string) => {
      const decoded = decodeMlsMessage(hex(message), 0)?.[0];
      assert.ok(decoded?.wireformat === 'mls_private_message');
      const tree = await createSecretTree(2, hex(v.encryption_secret), suite.kdf);
      const opened = await unprotectPrivateMessage(
        hex(v.sender_data_secret),
        decoded.privateMessage,
        tree,
        [],
        context,
        retention,
        suite,
        hex(v.signature_pub),
      );
      return opened.content.content;
    };
    const application = await open(v.application_priv);
    assert.ok(application.contentType === 'application');
    isHex(application.applicationData, v.application, 'application_priv');
    const proposal = await open(v.proposal_priv);
    assert.ok(proposal.contentType === 'proposal');
    isHex(encodeProposal(proposal.proposal), v.proposal, 'proposal_priv');
    const commit = await open(v.commit_priv);
    assert.ok(commit.contentType === 'commit');
    isHex(encodeCommit(commit.commit), v.commit, 'commit_priv');
  });

  official('transcript-hashes', async (v, suite) => {
    const authenticated = decodeAuthenticatedContent(hex(v.authenticated_content), 0)?.[0];
    assert.ok(authenticated?.content.contentType === 'commit');
    assert.ok(authenticated.auth.contentType === 'commit');
    const { wireformat, content, auth } = authenticated;
    const confirmed = await createConfirmedHash(
      hex(v.interim_transcript_hash_before),
      { wireformat, content, signature: auth.signature },
      suite.hash,
    );
    isHex(confirmed, v.confirmed_transcript_hash_after, 'confirmed_transcript_hash_after');
    const interim = await createInterimHash(confirmed, auth.confirmationTag, suite.hash);
    isHex(interim, v.interim_transcript_hash_after, 'interim_transcript_hash_after');
    const key = hex(v.confirmation_key);
    assert.ok(await verifyConfirmationTag(key, auth.confirmationTag, confirmed, suite.hash));
  });

  official('welcome', async (v, suite) => {
    const keyPackage = decodeMlsMessage(hex(v.key_package), 0)?.[0];
    const message = decodeMlsMessage(hex(v.welcome), 0)?.[0];
    assert.ok(keyPackage?.wireformat === 'mls_key_package');
    assert.ok(message?.wireformat === 'mls_welcome');
    const { welcome } = message;
    const secrets = await decryptGroupSecrets(
      await suite.hpke.importPrivateKey(hex(v.init_priv)),
      await makeKeyPackageRef(keyPackage.keyPackage, suite.hash),
      welcome,
      suite.hpke,
    );
    assert.ok(secrets);
    const noPsk = new Uint8Array(suite.kdf.size);
    const groupInfo = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
    assert.ok(groupInfo);
    assert.ok(await verifyGroupInfoSignature(groupInfo, hex(v.signer_pub), suite.signature));
    assert.ok(await verifyGroupInfoConfirmationTag(groupInfo, secrets.joinerSecret, noPsk, suite));
  });
}
