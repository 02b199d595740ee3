package io.waypass.applier;

import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.Fault;
import io.waypass.testing.controlplane.FaultProxy;
import io.waypass.testing.controlplane.Hold;
import io.waypass.testing.junit.PatientWaits;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Holds back one write of a trial, so that something can happen to the applier that sent it. */
final class Disturbance {

    /** How far the write has come. */
    enum Moment {
        /** About to be sent; the API server never sees it. */
        NOT_SENT,
        /** In the network; it arrives when another applier is about to write the same object. */
        ON_ITS_WAY,
        /** Carried out; its applier has not heard of it. */
        ANSWERED
    }

    private static final Duration PATIENCE = PatientWaits.PATIENCE;

    private final Trial trial;
    private final int write;
    private final Moment moment;
    private final Hold hold = new Hold();
    private final CountDownLatch landed = new CountDownLatch(1);
    private volatile long held;

    /**
     * Says which.
     *
     * @param write counted from 1 since {@link #arm}
     */
    Disturbance(Trial trial, int write, Moment moment) {
        this.trial = trial;
        this.write = write;
        this.moment = moment;
    }

    Trial trial() {
        return trial;
    }

    Moment moment() {
        return moment;
    }

    /** The number of the call that was held. */
    long held() {
        return held;
    }

    /** Holds the write back when it comes. */
    void arm(FaultProxy proxy, Witness witness) {
        int before = witness.accepted(trial).size();
        boolean carriedOut = moment == Moment.ANSWERED;
        int accepted = before + write - (carriedOut ? 0 : 1);
        Predicate<Call> meant = call -> trial.isMeantBy(call)
                && (!carriedOut || call.status() / 100 == 2)
                && witness.accepted(trial).size() == accepted;
        Fault fault = Fault.hold(hold).times(1);
        proxy.on(meant, carriedOut ? fault.beforeAnswer() : fault);
        if (moment == Moment.NOT_SENT) {
            // whoever is held sees only rules that were there when it came
            proxy.on(call -> call.number() == held, Fault.cut());
        }
    }

    void awaitHeld() {
        held = hold.awaitReached(PATIENCE).number();
    }

    /** Lets it go on from where it is, whatever has become of its applier. */
    void release() {
        hold.release();
    }

    /** What becomes of the write of an applier that is dead, and whose end the proxy is on. */
    void outlived(FaultProxy proxy) {
        switch (moment) {
            case NOT_SENT, ANSWERED -> release();
            case ON_ITS_WAY -> {
                proxy.on(
                        call -> call.number() == held,
                        Fault.run(_ -> landed.countDown()).beforeAnswer());
                proxy.on(
                        call -> call.number() != held && trial.isMeantBy(call),
                        Fault.run(_ -> letArrive()).times(1));
            }
        }
    }

    private void letArrive() {
        release();
        try {
            if (!landed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the late write of " + trial.name() + " did not arrive");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return trial.change().kind() + " " + trial.name() + ", " + write + ". write, " + moment;
    }
}
