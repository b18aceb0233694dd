package org.skyway.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.PortState;

/// What an [Interpreter] does not know by itself: what packets are, what they hit, and what becomes
/// of them. Most methods are told what comes next, and return what really does: the same; nothing,
/// because the packet was split and [Todo#FORKED] its parts have gone on, each with
/// [Interpreter#run]; or nothing at all, [Todo#STOP]. A method that has the packet leave
/// ([Packet#leaving(boolean)]) returns what it was told.
///
/// @param <P> its packets
public interface Domain<P extends Packet> {
    // ---- what there is

    /// A group.
    ///
    /// @param id its id
    /// @return the group; null if there is none
    GroupEntry group(int id);

    /// A port.
    ///
    /// @param number its number
    /// @return the port; null if there is none
    PortState port(int number);

    /// All ports.
    ///
    /// @return by number
    Iterable<PortState> ports();

    // ---- limits

    /// A job is about to be done.
    void charge();

    /// Actions are about to be carried out. What is too much has the packet leave.
    ///
    /// @param packet to what
    /// @param actions how many
    void count(P packet, int actions);

    /// A table is about to be looked at.
    ///
    /// @param packet in which it is looked up
    /// @param lookUp where, and why
    /// @param then what comes after it
    /// @return what to do; `then` if the packet may go on
    Todo enter(P packet, Job.LookUp lookUp, Todo then);

    /// A group is about to be run through.
    ///
    /// @param packet what runs through it
    /// @param owner who wants it
    /// @param id the group's id
    /// @param group the group; null if there is none: then nothing is done
    /// @param then what comes after it
    /// @return what to do; `then` if the packet may go on
    Todo enterGroup(P packet, Owner owner, int id, GroupEntry group, Todo then);

    // ---- choices

    /// Finds out which entry a packet hits; [Interpreter#hit] says what to do then.
    ///
    /// @param packet the packet
    /// @param lookUp where; 255 is no table
    /// @param then what comes after it
    /// @return what to do
    Todo lookUp(P packet, Job.LookUp lookUp, Todo then);

    /// Chooses a bucket of a select or a fast failover group.
    ///
    /// @param packet what runs through it
    /// @param owner who wants it
    /// @param group the group
    /// @param then what comes after it
    /// @return what to do: a [Job.RunBucket] before `then`, or `then` if there is none to choose
    Todo choose(P packet, Owner owner, GroupEntry group, Todo then);

    // ---- what becomes of packets

    /// Nothing is left to do.
    ///
    /// @param packet to what
    /// @return whether to go on with other packets
    boolean ended(P packet);

    /// A packet leaves at a port that takes it.
    ///
    /// @param packet the packet
    /// @param owner who sends it
    /// @param port the port
    /// @param then what comes after it
    /// @return what to do
    Todo send(P packet, Owner owner, PortState port, Todo then);

    /// A packet was sent to a port that takes none.
    ///
    /// @param packet the packet
    /// @param number of the port
    /// @param port the port; null if there is none
    void notSent(P packet, int number, PortState port);

    /// A packet is handed to the learning switch.
    ///
    /// @param packet the packet
    /// @param owner who does it
    /// @param then what comes after it
    /// @return what to do
    Todo normal(P packet, Owner owner, Todo then);

    /// The port to send a packet to depends on its ingress port, which can't be told.
    ///
    /// @param packet the packet
    /// @param owner who sends it
    /// @param then what comes after it
    /// @return what to do
    Todo fromUnknown(P packet, Owner owner, Todo then);

    /// A packet is sent to the controllers by an output.
    ///
    /// @param packet the packet
    /// @param owner who sends it
    /// @param maxLength how much of it
    /// @param then what comes after it
    /// @return what to do
    Todo toController(P packet, Owner owner, int maxLength, Todo then);

    /// A packet passes a meter.
    ///
    /// @param packet the packet
    /// @param owner whose meter it is
    /// @param id the meter's id
    /// @param then what comes after it
    /// @return what to do
    Todo meter(P packet, Owner owner, int id, Todo then);

    /// Does an action that neither sends packets nor calls anything: it writes to them, for
    /// instance, or makes a rule of them.
    ///
    /// @param packet to what
    /// @param owner whose it is
    /// @param action the action
    /// @param then what comes after it
    /// @return what to do
    Todo act(P packet, Owner owner, Action action, Todo then);

    /// A packet, or a copy of it, is to be read anew.
    ///
    /// @param packet the packet as it is by now
    /// @param owner in whose name it is told to a controller, if it waits for one
    /// @param rest what is left to do; the action set comes behind it
    void readAnew(P packet, Owner owner, List<Job> rest);

    // ---- for readers

    /// A bucket begins.
    ///
    /// @param packet the copy that it gets
    /// @param group the group
    /// @param bucket its place in the group; [Interpreter#WHOLE] when the group itself was hit
    void hitGroup(P packet, GroupEntry group, int bucket);

    /// The action set begins.
    ///
    /// @param packet the packet
    /// @param owner who has it done
    /// @return in whose name it is done
    Owner beginActionSet(P packet, Owner owner);

    /// An action begins.
    ///
    /// @param packet to what
    /// @param action the action
    default void acting(P packet, Action action) {}

    /// An action, and all that it called, is over.
    ///
    /// @param packet to what it was done
    default void acted(P packet) {}

    /// Instructions are carried out.
    ///
    /// @param packet to what
    /// @param instructions of which meter and action list are not meant
    default void instructed(P packet, Instructions instructions) {}
}
