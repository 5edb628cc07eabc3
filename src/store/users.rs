//! Users, without a vendor's documents.

use super::IdpStore;
use crate::error::Result;
use crate::model::{Id, User};
use crate::service::Service;

/// The users of a tenant, as far as providers know them: [`IdpStore::users`].
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::model::User;
///
/// let store = IdpStore::in_memory()?;
/// let alice = store.users().create(User::named("alice@example.com"))?;
/// assert_eq!(store.users().with_login("alice")?, alice);
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Users(Service);

impl IdpStore {
    /// The users.
    #[must_use]
    pub fn users(&self) -> Users {
        Users(self.service.clone())
    }
}

impl Users {
    /// Stores a new user, who gets an id and times of their own.
    ///
    /// # Errors
    ///
    /// As [`Service::create_user`].
    pub fn create(&self, user: impl Into<User>) -> Result<User> {
        let user = user.into();
        self.0.create_user(|_| Ok(user.clone()))
    }

    /// The user with this id.
    ///
    /// # Errors
    ///
    /// As [`Service::user`].
    pub fn get(&self, id: Id) -> Result<User> {
        self.0.user(id)
    }

    /// The user with this login, in any case, or the only one whose login has this text before its `@`.
    ///
    /// # Errors
    ///
    /// As [`Service::user`].
    pub fn with_login(&self, login: &str) -> Result<User> {
        self.0.user(login)
    }

    /// Ends a user's sign-ins.
    ///
    /// # Errors
    ///
    /// As [`Service::deactivate_user`].
    pub fn deactivate(&self, id: Id) -> Result<User> {
        self.0.deactivate_user(id)
    }

    /// Removes a user with all links.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_user`].
    pub fn delete(&self, id: Id) -> Result<()> {
        self.0.delete_user(id)
    }
}
