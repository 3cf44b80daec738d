package io.strider.server.inference;

import io.strider.embedding.ImageSize;
import io.strider.embedding.Picture;
import io.strider.server.batching.Outcome;
import io.strider.server.batching.Reservation;
import io.strider.server.batching.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request with pictures on its way: each is decoded, then computed as soon as it is, and one
 * that is refused does not keep the others. For one thread.
 */
final class PictureRequest {
    private final ServedModel model;
    private final List<byte[]> pictures;
    private final PixelBudget budget;
    private final InferenceObserver observer;
    private final @Nullable RefusedException[] refusals;
    private long decodeNanos;
    private long queueNanos;
    private long computeNanos;

    PictureRequest(
            ServedModel model,
            List<byte[]> pictures,
            PixelBudget budget,
            InferenceObserver observer) {
        this.model = model;
        this.pictures = pictures;
        this.budget = budget;
        this.observer = observer;
        this.refusals = new RefusedException[pictures.size()];
    }

    /**
     * Waits until all pictures have a vector or are refused.
     *
     * @param decoding places for all pictures
     * @param computing places for all pictures
     * @throws IllegalStateException if something failed that is not the sender's doing
     */
    EmbeddedPictures run(
            Reservation<ServedModel, DecodingRun.Encoded, Picture> decoding,
            Reservation<BatchKey, Work, Work.Product> computing)
            throws InterruptedException {
        List<PixelBudget.Room> rooms = new ArrayList<>(pictures.size());
        try {
            List<Ticket<Picture>> decoded = new ArrayList<>(pictures.size());
            for (int i = 0; i < pictures.size(); i++) {
                PixelBudget.Room room = budget.new Room();
                rooms.add(room);
                decoded.add(
                        decoding.submit(
                                model, new DecodingRun.Encoded(pictures.get(i), name(i), room)));
            }
            return results(computed(decoded, rooms, computing));
        } finally {
            rooms.forEach(PixelBudget.Room::close);
        }
    }

    private String name(int index) {
        return pictures.size() == 1 ? "picture" : "picture " + index;
    }

    private List<@Nullable Ticket<Work.Product>> computed(
            List<Ticket<Picture>> decoded,
            List<PixelBudget.Room> rooms,
            Reservation<BatchKey, Work, Work.Product> computing)
            throws InterruptedException {
        List<@Nullable Ticket<Work.Product>> tickets = new ArrayList<>(decoded.size());
        for (int i = 0; i < decoded.size(); i++) {
            Outcome<Picture> outcome = decoded.get(i).await();
            PixelBudget.Room room = rooms.get(i);
            if (outcome instanceof Outcome.Done<Picture> done) {
                decodeNanos = Math.max(decodeNanos, done.queueNanos() + done.computeNanos());
                observer.decoded(model.name(), done.queueNanos(), done.computeNanos());
                Picture picture = done.value();
                ImageSize size = new ImageSize(picture.height(), picture.width());
                Ticket<Work.Product> ticket =
                        computing.submit(
                                new BatchKey.Pictures(model, size), new Work.OfPicture(picture));
                ticket.whenEnded(room::close);
                tickets.add(ticket);
            } else {
                refusals[i] = Refusals.of(outcome, name(i));
                computing.giveBack();
                room.close();
                tickets.add(null);
            }
        }
        return tickets;
    }

    private EmbeddedPictures results(List<@Nullable Ticket<Work.Product>> tickets)
            throws InterruptedException {
        List<Embedded> results = new ArrayList<>(tickets.size());
        for (int i = 0; i < tickets.size(); i++) {
            Ticket<Work.Product> ticket = tickets.get(i);
            if (ticket != null) {
                Outcome<Work.Product> outcome = ticket.await();
                if (outcome instanceof Outcome.Done<Work.Product> done) {
                    queueNanos = Math.max(queueNanos, done.queueNanos());
                    computeNanos = Math.max(computeNanos, done.computeNanos());
                    observer.dequeued(model.name(), done.queueNanos());
                    results.add(Embedded.of(((Work.Vector) done.value()).values()));
                    continue;
                }
                refusals[i] = Refusals.of(outcome, name(i));
            }
            RefusedException refusal = Objects.requireNonNull(refusals[i]);
            observer.refused(model.name(), refusal.reason());
            results.add(Embedded.refused(refusal));
        }
        return new EmbeddedPictures(
                model.description(), results, decodeNanos, queueNanos, computeNanos);
    }
}
