//! Sessions, open to everyone, and accounts, managed where one manages accounts.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row { operation: "Query.me", about: "oneself", document: "{ me { id } }", answers: "0+++++++" },
    Row {
        operation: "Query.accounts",
        about: "those one manages, and one's own",
        document: "{ accounts { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.signIn",
        about: "with the wrong password",
        document: "mutation { signIn(input: { email: \"a\", password: \"b\" }) { accessToken } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.refreshSession",
        about: "with an unknown token",
        document: "mutation { refreshSession(input: { refreshToken: \"a\" }) { accessToken } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.signOut",
        about: "with an unknown token",
        document: "mutation { signOut(input: { refreshToken: \"a\" }) { done } }",
        answers: "++++++++",
    },
    Row {
        operation: "Query.mySessions",
        about: "one's own",
        document: "{ mySessions { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.endSession",
        about: "of somebody else",
        document: "mutation { endSession(input: { sessionId: \"KQAAAAAAAAAAAAAAAAAAAAA\" }) { session { id } } }",
        answers: "!0000000",
    },
    Row {
        operation: "Mutation.signOutEverywhere",
        about: "with an account of the host's",
        document: "mutation { signOutEverywhere(input: { accountId: @account-eci }) { ended } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.inviteAccount",
        about: "that reads what the host does",
        document: "mutation { inviteAccount(input: { email: \"guest\\u0040demo.example\", displayName: \"New\",
            grants: [{ role: VIEWER, placeKind: PARTNER, placeId: @eci }] }) { account { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.inviteAgain",
        about: "an account of the host's, which has a password",
        document: "mutation { inviteAgain(input: { accountId: @account-eci }) { errors { code } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.acceptInvitation",
        about: "with an unknown link",
        document: "mutation { acceptInvitation(input: { token: \"a\", password: \"b\" }) { accessToken } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.requestPasswordReset",
        about: "of what is no address",
        document: "mutation { requestPasswordReset(input: { email: \"a\" }) { done } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.resetPassword",
        about: "with an unknown link",
        document: "mutation { resetPassword(input: { token: \"a\", password: \"b\" }) { done } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.changePassword",
        about: "without knowing the old one",
        document: "mutation { changePassword(input: { currentPassword: \"a\", newPassword: \"b\" })
            { errors { code } } }",
        answers: "!+++++++",
    },
    Row {
        operation: "Mutation.completeSignIn",
        about: "with an unknown challenge",
        document: "mutation { completeSignIn(input: { challenge: \"a\", proof: { code: \"000000\" } })
            { accessToken } }",
        answers: "++++++++",
    },
    Row {
        operation: "Query.signInProviders",
        about: "of this server",
        document: "{ signInProviders { name } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.exchangeSignInCode",
        about: "with an unknown code",
        document: "mutation { exchangeSignInCode(input: { code: \"a\", codeVerifier: \"b\" }) { accessToken } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.setUpSecondFactor",
        about: "without knowing the password",
        document: "mutation { setUpSecondFactor(input: { currentPassword: \"a\" }) { errors { code } } }",
        answers: "!+++++++",
    },
    Row {
        operation: "Mutation.setUpSecondFactor",
        about: "with an unknown challenge",
        document: "mutation { setUpSecondFactor(input: { challenge: \"a\" }) { errors { code } } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.confirmSecondFactor",
        about: "that was not set up",
        document: "mutation { confirmSecondFactor(input: { code: \"000000\" }) { errors { code } } }",
        answers: "!+++++++",
    },
    Row {
        operation: "Mutation.renewRecoveryCodes",
        about: "without knowing the password",
        document: "mutation { renewRecoveryCodes(input: { currentPassword: \"a\", proof: { code: \"000000\" } })
            { errors { code } } }",
        answers: "!+++++++",
    },
    Row {
        operation: "Mutation.removeSecondFactor",
        about: "without knowing the password",
        document: "mutation { removeSecondFactor(input: { currentPassword: \"a\", proof: { code: \"000000\" } })
            { errors { code } } }",
        answers: "!+++++++",
    },
    Row {
        operation: "Mutation.resetSecondFactor",
        about: "of an account of the host's, which has none",
        document: "mutation { resetSecondFactor(input: { accountId: @account-eci }) { errors { code } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.unlinkIdentity",
        about: "from an account of the host's, which has none",
        document: "mutation { unlinkIdentity(input: { accountId: @account-eci, issuer: \"https://provider.example\" }) {
            errors { code } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.disableAccount",
        about: "an account of the host's",
        document: "mutation { disableAccount(input: { accountId: @account-eci }) { account { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.enableAccount",
        about: "an account of the host's",
        document: "mutation { enableAccount(input: { accountId: @account-eci }) { account { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.createAccount",
        about: "that reads what the host does",
        document: "mutation { createAccount(input: { email: \"new\\u0040demo.example\", displayName: \"New\",
            password: \"seven quiet herons\", grants: [{ role: VIEWER, placeKind: PARTNER, placeId: @eci }] })
            { account { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.createAccount",
        about: "that runs the platform",
        document:
            "mutation { createAccount(input: { email: \"other\\u0040demo.example\", displayName: \"New\",
            password: \"seven quiet herons\", grants: [{ role: PLATFORM_ADMINISTRATOR, placeKind: PLATFORM }] })
            { account { id } } }",
        answers: "!+------",
    },
    Row {
        operation: "Mutation.grantRole",
        about: "to an account of the host's, at the host",
        document: "mutation { grantRole(input: { accountId: @account-eci,
            grant: { role: VIEWER, placeKind: PARTNER, placeId: @eci } }) { account { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.grantRole",
        about: "to an account of the host's, elsewhere",
        document: "mutation { grantRole(input: { accountId: @account-eci,
            grant: { role: VIEWER, placeKind: PARTNER, placeId: @jspi } }) { account { id } } }",
        answers: "!+00-000",
    },
    Row {
        operation: "Mutation.revokeGrant",
        about: "of an account of the host's",
        document: "mutation { revokeGrant(input: { grantId: @grant-eci }) { account { id } } }",
        answers: "!+00+000",
    },
];
