//! Applications, without a vendor's documents.

use super::IdpStore;
use crate::error::Result;
use crate::model::{Application, Id, State};
use crate::service::{ApplicationQuery, Page, Service};

/// The applications of a tenant: [`IdpStore::applications`].
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::model::Application;
///
/// let store = IdpStore::in_memory()?;
/// let made = store.applications().create(Application::named("Wiki").entity_id("https://wiki.example.com"))?;
/// assert_eq!(store.applications().get(made.id)?, made);
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Applications(Service);

impl IdpStore {
    /// The applications that sign people in through us.
    #[must_use]
    pub fn applications(&self) -> Applications {
        Applications(self.service.clone())
    }
}

impl Applications {
    /// Stores a new application. It gets an id and times of its own, also if it is a copy of one that is stored.
    ///
    /// # Errors
    ///
    /// As [`Service::create_application`].
    pub fn create(&self, application: impl Into<Application>) -> Result<Application> {
        let application = application.into();
        self.0.create_application(|_| Ok(application.clone()))
    }

    /// The application with this id.
    ///
    /// # Errors
    ///
    /// As [`Service::application`].
    pub fn get(&self, id: Id) -> Result<Application> {
        self.0.application(id)
    }

    /// A page of the applications.
    ///
    /// # Errors
    ///
    /// As [`Service::applications`].
    pub fn list(&self, query: &ApplicationQuery) -> Result<Page<Application>> {
        self.0.applications(query)
    }

    /// Changes an application. `change` may be called again, with a newer state of the application, if another writer
    /// was faster.
    ///
    /// # Errors
    ///
    /// As [`Service::update_application`].
    pub fn update(&self, id: Id, mut change: impl FnMut(&mut Application)) -> Result<Application> {
        self.0.update_application(id, |old, _| {
            let mut new = old.clone();
            change(&mut new);
            Ok(new)
        })
    }

    /// Switches an application on.
    ///
    /// # Errors
    ///
    /// As [`Service::set_application_state`].
    pub fn activate(&self, id: Id) -> Result<Application> {
        self.0.set_application_state(id, State::Active)
    }

    /// Switches an application off.
    ///
    /// # Errors
    ///
    /// As [`Service::set_application_state`].
    pub fn deactivate(&self, id: Id) -> Result<Application> {
        self.0.set_application_state(id, State::Inactive)
    }

    /// Removes an application with its requests, and keys that no one else may sign with.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_application`].
    pub fn delete(&self, id: Id) -> Result<()> {
        self.0.delete_application(id)
    }
}
