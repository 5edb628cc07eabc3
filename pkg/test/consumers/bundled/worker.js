import 'idpstore/worker-main';
