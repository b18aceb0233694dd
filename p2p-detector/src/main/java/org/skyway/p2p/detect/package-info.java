/// Tables, groups and ports in; point-to-point links, or the reason why there is none, out.
///
/// # The question
///
/// Does every packet that could come in at port A leave unmodified at exactly one other port, with
/// no other effect? "Every packet" is [PacketDomain]; "effect" is whatever a controller, a peer or
/// a counter could notice. An answer of yes must be right; where the truth can't be found out, the
/// answer is no, with the reason.
///
/// # The proof
///
/// [Explorer] has the [org.skyway.pipeline.Interpreter] send a [SymbolicPacket] through the
/// pipeline: all packets of the port at once, as a ternary cube of how they came in, and for each
/// bit of the flow key what it is by now. At a lookup the way forks into one [Branch] per entry
/// that some of the packets match, highest priority first, until one matches them all. A branch
/// takes *every* packet that matches its entry, also those that a higher entry takes away. That is
/// too many, but if all branches end at the same port, so do the packets. Only for a branch that
/// does not agree it matters whether a packet really comes that way: whether its cube minus the
/// higher entries' matches, pulled back to how the packets came in ([Step]), holds a packet.
/// [WitnessSearch] finds one or proves that there is none; it is a small satisfiability search. The
/// packet that it finds is the example that a user is shown.
///
/// Entries of equal priority that overlap do not hide each other, since OpenFlow leaves open which
/// of them matches. Where a bit or a choice is beyond the model (a select group's hash, an MPLS
/// header), branches are marked uncertain, and one that does not agree is "no link" without proof.
///
/// # Incrementally
///
/// A verdict keeps what it rests on ([Grounds]). A proof that there is no link is one packet's way,
/// or two's: entries that these packets can't match, or of lower priority, do not touch it. A proof
/// of a link is the lookups of all packets. Entries about another ingress port are not even
/// compared. Where very many entries agree, [Agreement] checks a changed one on its own. Every
/// decision has a [Budget]; beyond it the answer is "too complex", and a port whose decision was
/// costly is not decided again at once ([Ingress]).
///
/// # Why cubes and not decision diagrams
///
/// Both were measured (`experiments/results/p2p.md`). A diagram of the union of a port's entries
/// answers any question about it, but has to be built from all of them, is rebuilt when an entry
/// goes, and grows with pairs of prefixes; a link is nearly always decided by one entry or by two
/// packets. The search looks at entries only when branches disagree, and then only at those that
/// overlap the branch.
///
/// # The index
///
/// [org.skyway.pipeline.classifier.TupleTable] groups entries by mask and hashes each group by
/// those bits that are known of the packets, so that finding the entries that some packets overlap
/// costs a probe per mask. In the switch it is the table that the datapath looks up in, in its
/// newest version; a detector without a switch has tables of its own.
///
/// # Limits
///
/// One bridge: the switch has no patch ports. `conjunction`, `multipath`, `bundle`, MPLS,
/// truncating outputs and `ct` are not modelled and end a link, without an example. `NORMAL` is
/// never a link, not even with two ports: a learning switch drops what is sent to addresses that it
/// learned at the ingress port, and every packet changes what is learned.
///
/// Where OpenFlow and Open vSwitch disagree, no link rests on either. After a table-miss behind
/// `goto_table` Open vSwitch still does the action set, while OpenFlow drops the packet: no link if
/// there is something to do. A tag put on over another has its VLAN by OpenFlow, and zero in Open
/// vSwitch: no match may tell.
///
/// What Open vSwitch does is followed otherwise, as by the datapath: two VLAN tags are known of
/// ([VlanTags]), the ports of fragments can't be seen ([FragmentHandling]), a clone does what was
/// written into the action set before it, `output:NXM_NX_REG0[]` takes OpenFlow 1.0's numbers, and
/// a packet is read anew for a select group.
package org.skyway.p2p.detect;
