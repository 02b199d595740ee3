package io.waypass.portal.page.app;

import io.waypass.app.Apps.NewApp;

/** The form that registers an app. */
public final class AppForm {

    private String place = "";
    private String name = "";
    private String serviceAccount = "";

    /** {@return cluster and namespace, as {@code cluster/namespace}} */
    public String getPlace() {
        return place;
    }

    public void setPlace(String place) {
        this.place = place.strip();
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name.strip();
    }

    /** {@return the service account, blank for the same as the name} */
    public String getServiceAccount() {
        return serviceAccount;
    }

    public void setServiceAccount(String serviceAccount) {
        this.serviceAccount = serviceAccount.strip();
    }

    NewApp newApp(String team) {
        int slash = place.indexOf('/');
        String cluster = slash < 0 ? place : place.substring(0, slash);
        return new NewApp(team, cluster, slash < 0 ? "" : place.substring(slash + 1), name, serviceAccount);
    }
}
