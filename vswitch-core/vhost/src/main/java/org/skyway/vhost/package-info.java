/// vhost-user, by which a virtual machine's network device (QEMU) or a program that plays one
/// (DPDK's virtio-user) is served by another process; this is that process, the *back end*. The
/// specification is QEMU's `vhost-user.rst`; queues are virtio 1.2's split ones (section 2.7),
/// packets those of its network device (section 5.1).
///
/// The other side, the *front end*, says where the guest's memory and its queues are
/// ([org.skyway.vhost.VhostMessage]); what is made of that is in [org.skyway.vhost.VhostDevice],
/// which knows nothing of sockets. What comes of it are [org.skyway.vhost.VhostQueues], which poll
/// threads use.
///
/// Buffers are used in order, and what is taken is copied and given back in the same pass. So a
/// back end that begins anew needs to know nothing of the one before: the used index in memory says
/// all.
///
/// Whatever the front end says, or the guest writes, is looked at once, checked, and only then
/// used.
package org.skyway.vhost;
