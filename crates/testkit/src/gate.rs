//! A gate before one machine of the network: where it is shut, nobody is there.

use crate::network::Network;
use std::net::SocketAddr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

/// A port that leads to a machine while it is open. It is shut when it is dropped.
pub struct Gate {
    at: SocketAddr,
    machine: SocketAddr,
    open: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Network {
    /// Puts an open gate before a host's machine.
    pub async fn gate(&self, host: &str) -> Gate {
        let machine = self.0.hosts.get(host).expect("a host of this network");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut gate = Gate {
            at: listener.local_addr().unwrap(),
            machine,
            open: None,
        };
        self.0.hosts.insert(host, gate.at);
        gate.let_in(listener);
        gate
    }
}

impl Gate {
    /// From now on whoever comes is refused; connections that stand are cut.
    pub async fn shut(&mut self) {
        if let Some((shut, passing)) = self.open.take() {
            drop(shut);
            passing.await.unwrap();
        }
    }

    /// From now on whoever comes is let in again.
    pub async fn open(&mut self) {
        let listener = TcpListener::bind(self.at).await.unwrap();
        self.let_in(listener);
    }

    fn let_in(&mut self, listener: TcpListener) {
        let (shut, is_shut) = oneshot::channel();
        let passing = tokio::spawn(pass(listener, self.machine, is_shut));
        self.open = Some((shut, passing));
    }
}

/// Passes on what comes, both ways, until the gate is shut.
async fn pass(listener: TcpListener, machine: SocketAddr, mut is_shut: oneshot::Receiver<()>) {
    let mut through = JoinSet::new();
    loop {
        let came = tokio::select! {
            _ = &mut is_shut => break,
            came = listener.accept() => came,
        };
        let (mut from, _) = came.unwrap();
        through.spawn(async move {
            if let Ok(mut to) = TcpStream::connect(machine).await {
                // Either end may close when it likes.
                let _ = copy_bidirectional(&mut from, &mut to).await;
            }
        });
    }
    drop(listener);
    through.shutdown().await;
}
