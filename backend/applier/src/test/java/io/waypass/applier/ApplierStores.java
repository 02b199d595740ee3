package io.waypass.applier;

import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Directory;
import io.waypass.cluster.OrphanStore;
import io.waypass.plan.PlanningStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.testing.PostgresServer.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The stores of the applier of the cluster {@code sandbox}, in the applier's database role. */
final class ApplierStores {

    private final TestDatabase database;
    private final ApplierSettings settings;

    ApplierStores(TestDatabase database, Path keysetFile, Path kubeconfig) {
        this.database = database;
        settings = new ApplierSettings(
                "sandbox",
                keysetFile,
                kubeconfig,
                "",
                1,
                Duration.ofSeconds(5),
                1000,
                Duration.ofSeconds(2),
                false,
                Duration.ofSeconds(5),
                Duration.ofMinutes(5));
    }

    PlanningStore planningStore() {
        return store((jdbc, transactions, directory) -> new ApplierConfiguration()
                .planningStore(
                        jdbc,
                        transactions,
                        transactions.getDataSource(),
                        JsonMapper.shared(),
                        Clock.systemUTC(),
                        directory,
                        settings));
    }

    ReconcileStore reconcileStore() {
        return store((jdbc, transactions, directory) -> new ApplierConfiguration()
                .reconcileStore(
                        jdbc,
                        transactions,
                        transactions.getDataSource(),
                        JsonMapper.shared(),
                        Clock.systemUTC(),
                        directory,
                        settings));
    }

    OrphanStore orphanStore() {
        return store((jdbc, transactions, directory) -> new OrphanStore(
                jdbc,
                new TransactionTemplate(transactions),
                new AuditTrail(jdbc, JsonMapper.shared(), Clock.systemUTC()),
                Clock.systemUTC(),
                "sandbox"));
    }

    private interface StoreFactory<T> {
        T create(JdbcClient jdbc, DataSourceTransactionManager transactions, Directory directory);
    }

    private <T> T store(StoreFactory<T> factory) {
        DataSource applying = database.applier();
        JdbcClient jdbc = JdbcClient.create(applying);
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(applying);
        return factory.create(
                jdbc,
                transactions,
                new Directory(
                        jdbc,
                        new TransactionTemplate(transactions),
                        new AuditTrail(jdbc, JsonMapper.shared(), Clock.systemUTC()),
                        Clock.systemUTC()));
    }
}
